// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <functional>
#include <map>

#include "engine/io/import.h"

class QComboBox;

namespace fc::ui {

/// The names of a file's columns, each with a box that says what the column is taken for and takes another
/// answer: a role, a type, or leaving it out.
class ColumnHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit ColumnHeader(QWidget* parent = nullptr);

    /// `use` gives what a person chose for a column: a role, "number", "text", "ignore", or nothing.
    void setColumns(const std::vector<ImportColumn>& columns,
                    const std::function<std::string(const std::string&)>& use);
    /// The box of a column; nullptr when it is out of view.
    QComboBox* box(int section) const;
    QSize sizeHint() const override;
    /// After the widths of columns were set. Only columns in view have a box: a file may have thousands.
    void placeBoxes();

signals:
    void chosen(const std::string& column, const std::string& use);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    QSize sectionSizeFromContents(int section) const override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QComboBox* makeBox(int section);
    void showBox(QComboBox* box, int section) const;

    std::vector<ImportColumn> m_columns;
    std::vector<std::string> m_uses;  ///< chosen, by column
    std::map<int, QComboBox*> m_boxes;
};

}  // namespace fc::ui
