// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/store/store.h"
#include "ui/jobs/background.h"
#include "ui/plots/bars.h"

namespace fc::ui {

/// All that is stored about one run but its weights.
struct RunDetails {
    RunRecord run;
    std::vector<StepRecord> steps;
    std::vector<ValidationRecord> validations;
    std::vector<CheckpointRecord> checkpoints;
    std::vector<EventRecord> events;
};

/// The open workspace seen from the screen: its lists as values, read on a thread of their own and read again
/// when anyone has written, this window or another program.
class Workspace : public QObject {
    Q_OBJECT

public:
    enum class Start { Open, Create, OpenOrCreate };

    explicit Workspace(QObject* parent = nullptr);

    /// Emits opened() or failed(); what was open stays open when it fails.
    void open(const std::filesystem::path& path, Start start = Start::Open);
    bool isOpen() const { return !m_path.empty(); }
    const std::filesystem::path& path() const { return m_path; }

    const std::vector<SeriesRecord>& series() const { return m_series; }
    const std::vector<RunRecord>& runs() const { return m_runs; }
    /// nullptr when there is none of that name (or number).
    const SeriesRecord* findSeries(const std::string& name) const;
    const RunRecord* findRun(std::int64_t id) const;

    /// Reads the lists anew, whether or not anything changed.
    void refresh();
    /// The series as the charts show it.
    void askBars(const std::string& name, std::function<void(Bars)> answer);
    void askDetails(std::int64_t run, std::function<void(std::shared_ptr<const RunDetails>)> answer);
    void askCheckpoints(std::int64_t run, std::function<void(std::vector<CheckpointRecord>)> answer);
    void askImportRecipe(const std::string& headerKey,
                         std::function<void(const std::optional<std::string>&)> answer);
    /// Name and JSON of every stored recipe.
    void askRecipes(std::function<void(std::vector<std::pair<std::string, std::string>>)> answer);
    /// One write, in the background; the lists follow. `done` is called after it, not when it failed.
    void change(std::function<void(Store&)> write, std::function<void()> done = {});

signals:
    void opened(const QString& path);
    void seriesChanged();
    void runsChanged();
    void failed(const fc::Message& message);

private:
    struct Lists {
        std::int64_t version = -1;
        bool changed = false;
        std::vector<SeriesRecord> series;
        std::vector<RunRecord> runs;
    };
    /// The reader's connection; touched by the background thread alone.
    struct Reader {
        std::optional<Store> store;
        std::int64_t version = -1;
    };
    static Lists read(Reader& reader, bool always);
    void readLists(bool always);
    void take(Lists lists);

    std::filesystem::path m_path;
    std::vector<SeriesRecord> m_series;
    std::vector<RunRecord> m_runs;
    std::shared_ptr<Reader> m_reader = std::make_shared<Reader>();
    QTimer m_poll;
    bool m_reading = false;
    bool m_isBroken = false;                               // told once, not every second
    Background m_background{QStringLiteral("workspace")};  // last: ends before what its answers use
};

}  // namespace fc::ui
