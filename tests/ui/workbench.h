// SPDX-License-Identifier: GPL-3.0-or-later
// A window on a fresh workspace, for tests that go through it as a person would.
#pragma once

#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <memory>

#include "engine/io/import.h"
#include "engine/runs/services.h"
#include "ui/main/main_window.h"
#include "ui/text/text.h"

namespace fc::ui {

inline constexpr int waitMs = 60000;

/// A seeded hourly market with a daily pattern, as CSV.
inline QByteArray marketCsv(int rows)
{
    QByteArray csv("time,open,high,low,close,volume\n");
    Rng rng(7);
    double close = 100;
    const Timestamp hour = 3'600'000'000;
    for (int row = 0; row < rows; ++row) {
        const double open = close;
        close =
            100 + 6 * std::sin(row * 2 * M_PI / 24) + 3 * std::sin(row * 2 * M_PI / 168) + 0.8 * rng.normal();
        const double high = std::max(open, close) + std::abs(rng.normal()) * 0.5;
        const double low = std::min(open, close) - std::abs(rng.normal()) * 0.5;
        csv += formatTimestamp(1'700'000'000'000'000 / hour * hour + row * hour).c_str();
        for (const double value : {open, high, low, close})
            csv += ',' + QByteArray::number(value, 'f', 2);
        csv += ',' + QByteArray::number(100 + 40 * std::abs(close - open), 'f', 0) + '\n';
    }
    return csv;
}

/// Settings of a run that goes on until it is stopped, with validations every few hundred milliseconds.
inline ParamValues endlessSettings()
{
    return {{"length", std::int64_t{48}},         {"horizon", std::int64_t{12}},
            {"epochs", std::int64_t{10000}},      {"validate_every", std::int64_t{150}},
            {"patience", std::int64_t{0}},        {"checkpoint_every", std::int64_t{150}},
            {"keep_checkpoints", std::int64_t{4}}};
}

class Workbench {
public:
    explicit Workbench(Theme& theme) : m_window(std::make_unique<MainWindow>(theme)) {}

    MainWindow& window() { return *m_window; }
    std::unique_ptr<MainWindow>& pointer() { return m_window; }
    QString file(const QString& name) const { return m_folder.filePath(name); }

    QString write(const QString& name, const QByteArray& bytes) const
    {
        QFile out(file(name));
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(name));
        return out.fileName();
    }

    /// Opens a new workspace, with `rows` of a market in it when that is more than 0.
    bool open(int rows)
    {
        const auto path = toPath(file(QStringLiteral("test.forecastle")));
        if (rows > 0) {
            Store::create(path);
            const ImportResult result = importCsvBytes(marketCsv(rows).toStdString(), "hourly");
            storeSeries(path, {{result.records(), describeSeries(result.records(), "hourly.csv", "{}")}});
        }
        QSignalSpy opened(&m_window->workspace(), &Workspace::opened);
        m_window->openWorkspace(path, Workspace::Start::OpenOrCreate);
        return opened.wait(waitMs);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
};

}  // namespace fc::ui
