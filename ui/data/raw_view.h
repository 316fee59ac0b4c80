// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

#include "engine/io/raw_lines.h"

namespace fc::ui {

/// Lines of a file as they are written, numbered.
class RawView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit RawView(QWidget* parent = nullptr);

    /// Replaces what is shown; `marked` is a line of the file to bring into view, 0 for none.
    void setLines(const RawLines& lines, std::int64_t marked = 0);
    /// Marks a line and brings it into view; false when it is not among those shown.
    bool markLine(std::int64_t line);
    /// 0 when none is marked.
    std::int64_t markedLine() const { return m_marked; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void showMark();

    std::int64_t m_first = 1;
    std::int64_t m_count = 0;
    std::int64_t m_marked = 0;
};

}  // namespace fc::ui
