// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/workspace.h"

#include <algorithm>
#include <utility>

#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr int pollMs = 1000;

Store start(const std::filesystem::path& path, Workspace::Start how)
{
    switch (how) {
        case Workspace::Start::Create:
            return Store::create(path);
        case Workspace::Start::OpenOrCreate:
            return Store::openOrCreate(path);
        case Workspace::Start::Open:
            break;
    }
    return Store::open(path);
}

}  // namespace

Workspace::Workspace(QObject* parent) : QObject(parent)
{
    connect(&m_background, &Background::failed, this, &Workspace::failed);
    connect(&m_poll, &QTimer::timeout, this, [this] { readLists(false); });
    m_poll.setInterval(pollMs);
}

void Workspace::open(const std::filesystem::path& path, Start how)
{
    m_background.ask(
        QStringLiteral("open"),
        [reader = m_reader, path, how] {
            // Writing once lets the store migrate an old file and mark runs whose program is gone.
            start(path, how);
            reader->store.emplace(Store::open(path, Store::Mode::ReadOnly));
            return read(*reader, true);
        },
        [this, path](Lists lists) {
            m_path = path;
            m_series.clear();
            m_runs.clear();
            emit opened(fromPath(path));
            take(std::move(lists));
            m_poll.start();
        });
}

Workspace::Lists Workspace::read(Reader& reader, bool always)
{
    Lists lists;
    if (!reader.store)
        return lists;
    const std::int64_t version = reader.store->dataVersion();
    if (version == reader.version && !always)
        return lists;
    reader.version = version;
    lists.changed = true;
    lists.series = reader.store->seriesList();
    lists.runs = reader.store->runs();
    return lists;
}

void Workspace::readLists(bool always)
{
    if (m_reading && !always)
        return;
    m_reading = true;
    m_background.ask(
        always ? QStringLiteral("refresh") : QStringLiteral("poll"),
        [reader = m_reader, always] { return read(*reader, always); },
        [this](Lists lists) {
            m_reading = false;
            m_isBroken = false;
            if (lists.changed)
                take(std::move(lists));
        },
        [this](const Message& message) {
            m_reading = false;
            if (!std::exchange(m_isBroken, true))
                emit failed(message);
        });
}

void Workspace::take(Lists lists)
{
    m_series = std::move(lists.series);
    m_runs = std::move(lists.runs);
    emit seriesChanged();
    emit runsChanged();
}

void Workspace::refresh()
{
    if (isOpen())
        readLists(true);
}

const SeriesRecord* Workspace::findSeries(const std::string& name) const
{
    const auto found =
        std::find_if(m_series.begin(), m_series.end(), [&](const auto& s) { return s.name == name; });
    return found == m_series.end() ? nullptr : &*found;
}

const RunRecord* Workspace::findRun(std::int64_t id) const
{
    const auto found =
        std::find_if(m_runs.begin(), m_runs.end(), [&](const auto& run) { return run.id == id; });
    return found == m_runs.end() ? nullptr : &*found;
}

void Workspace::askBars(const std::string& name, std::function<void(Bars)> answer)
{
    m_background.ask(
        QStringLiteral("series"),
        [reader = m_reader, name] { return barsOf(reader->store->loadSeries(name)); }, std::move(answer));
}

void Workspace::askDetails(std::int64_t run, std::function<void(std::shared_ptr<const RunDetails>)> answer)
{
    m_background.ask(
        QStringLiteral("details"),
        [reader = m_reader, run] {
            const Store& store = *reader->store;
            auto details = std::make_shared<RunDetails>();
            details->run = store.run(std::to_string(run));
            details->steps = store.steps(run);
            details->validations = store.validations(run);
            details->checkpoints = store.checkpoints(run);
            details->events = store.events(run);
            return std::shared_ptr<const RunDetails>(std::move(details));
        },
        std::move(answer));
}

void Workspace::askCheckpoints(std::int64_t run, std::function<void(std::vector<CheckpointRecord>)> answer)
{
    m_background.ask(
        QStringLiteral("checkpoints"), [reader = m_reader, run] { return reader->store->checkpoints(run); },
        std::move(answer));
}

void Workspace::askImportRecipe(const std::string& headerKey,
                                std::function<void(const std::optional<std::string>&)> answer)
{
    m_background.ask(
        QStringLiteral("recipe"),
        [reader = m_reader, headerKey] { return reader->store->importRecipeFor(headerKey); },
        std::move(answer));
}

void Workspace::askRecipes(std::function<void(std::vector<std::pair<std::string, std::string>>)> answer)
{
    m_background.ask(
        QStringLiteral("recipes"), [reader = m_reader] { return reader->store->recipes(); },
        std::move(answer));
}

void Workspace::change(std::function<void(Store&)> write, std::function<void()> done)
{
    m_background.ask(
        QString(),  // no write may be skipped for a later one
        [path = m_path, write = std::move(write)] {
            Store store = Store::open(path);
            write(store);
        },
        [this, done = std::move(done)] {
            if (done)
                done();
            refresh();
        });
}

}  // namespace fc::ui
