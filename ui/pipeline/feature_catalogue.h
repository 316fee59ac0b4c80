// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

#include "engine/models/model.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace fc::ui {

/// The catalogue of features as a popup: searched by any word of name, help or formula, grouped by kind, with
/// all there is to know about the one that is marked. Enter or a double click adds it.
class FeatureCatalogue : public QFrame {
    Q_OBJECT

public:
    explicit FeatureCatalogue(QWidget* parent = nullptr);

    /// What the model cannot take is shown and cannot be chosen.
    void setModel(const Capabilities& capabilities, const QString& name);
    /// Below `anchor`, or above it where there is no room.
    void openAt(const QWidget& anchor);

signals:
    void chosen(const std::string& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void filter(const QString& words);
    void showCurrent();
    void choose();
    std::string currentId() const;

    Capabilities m_capabilities;
    QString m_modelName;
    QLineEdit* m_search;
    QTreeWidget* m_tree;
    QLabel* m_title;
    QLabel* m_help;
    QLabel* m_facts;
    QPushButton* m_add;
};

}  // namespace fc::ui
