// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/tables.h"

#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <cmath>
#include <limits>
#include <optional>

#include "ui/text/text.h"
#include "ui/theme/colors.h"

namespace fc::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(tables)
};

constexpr int lossDigits = 4;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::optional<double> metric(const MetricsByPart& metrics, const std::string& part, const std::string& name)
{
    const auto found = metrics.find(part);
    if (found == metrics.end())
        return std::nullopt;
    const auto value = found->second.find(name);
    return value == found->second.end() ? std::nullopt : std::optional(value->second);
}

QVariant stateColor(const RunRecord& run)
{
    if (run.state == RunState::Failed || run.state == RunState::Interrupted)
        return currentColors().danger;
    if (run.state == RunState::Running || run.state == RunState::Paused)
        return currentColors().accent;
    return {};
}

QString againstNaiveText(const RunRecord& run)
{
    const double change = againstNaive(run);
    if (!std::isfinite(change))
        return number(change);
    return change < 0 ? Words::tr("%1 better").arg(percent(-change))
                      : Words::tr("%1 worse").arg(percent(change));
}

QVariant againstNaiveColor(const RunRecord& run)
{
    const double change = againstNaive(run);
    if (!std::isfinite(change))
        return {};
    return change < 0 ? currentColors().up : currentColors().down;
}

QString joined(const std::vector<std::string>& words)
{
    QStringList list;
    for (const std::string& word : words)
        list << fromUtf8(word);
    return list.join(QStringLiteral(", "));
}

QString optionalNumber(const std::optional<double>& value)
{
    return number(value.value_or(unknown), lossDigits);
}

QString checkpointMark(const CheckpointRecord& checkpoint)
{
    if (checkpoint.best && checkpoint.last)
        return Words::tr("best, last");
    if (checkpoint.best)
        return Words::tr("best");
    return checkpoint.last ? Words::tr("last") : QString();
}

}  // namespace

double meanAbsoluteError(const RunRecord& run)
{
    const auto test = metric(run.metrics, "test", "mae");
    return test ? *test : metric(run.metrics, "validation", "mae").value_or(unknown);
}

double againstNaive(const RunRecord& run)
{
    const auto naive = run.baselines.find("naive");
    if (naive == run.baselines.end())
        return unknown;
    for (const char* part : {"test", "validation"}) {
        const auto own = metric(run.metrics, part, "mae");
        const auto base = metric(naive->second, part, "mae");
        if (own && base && *base > 0)
            return *own / *base - 1;
    }
    return unknown;
}

RunTable* makeRunTable(QObject* parent)
{
    using Row = RunRecord;
    std::vector<TableColumn<Row>> columns = {
        {Words::tr("Run"), Words::tr("Name of the run"), [](const Row& r) { return fromUtf8(r.name); }},
        {Words::tr("Model"), Words::tr("Which model was trained"),
         [](const Row& r) { return modelText(r.model); }},
        {Words::tr("State"),
         Words::tr("What became of the run"),
         [](const Row& r) { return stateText(r.state); },
         {},
         stateColor},
        {Words::tr("Val loss"),
         Words::tr("Best loss on the validation part, in scaled units"),
         [](const Row& r) { return optionalNumber(r.bestValidationLoss); },
         [](const Row& r) { return r.bestValidationLoss.value_or(unknown); },
         {},
         true},
        {Words::tr("MAE"),
         Words::tr("Mean absolute error on the test part, in the unit of the series"),
         [](const Row& r) { return number(meanAbsoluteError(r)); },
         meanAbsoluteError,
         {},
         true},
        {Words::tr("Against naive"), Words::tr("MAE compared with repeating the last value"),
         againstNaiveText, againstNaive, againstNaiveColor, true},
        {Words::tr("Steps"),
         Words::tr("Training steps done"),
         [](const Row& r) { return count(r.steps); },
         [](const Row& r) { return QVariant::fromValue<qlonglong>(r.steps); },
         {},
         true},
        {Words::tr("Time"),
         Words::tr("Time spent training, pauses left out"),
         [](const Row& r) { return duration(r.seconds); },
         [](const Row& r) { return r.seconds; },
         {},
         true},
        {Words::tr("Series"), Words::tr("What it was trained on"),
         [](const Row& r) { return fromUtf8(r.series); }},
        {Words::tr("Tags"), Words::tr("Words of your own"), [](const Row& r) { return joined(r.tags); }},
        {Words::tr("Note"), Words::tr("A line of your own"), [](const Row& r) { return fromUtf8(r.note); }},
        {Words::tr("Created"), Words::tr("When the run was started, UTC"),
         [](const Row& r) { return dateTime(r.created); }},
    };
    return new RunTable(
        std::move(columns), [](const Row& r) { return r.id; }, parent);
}

CheckpointTable* makeCheckpointTable(QObject* parent)
{
    using Row = CheckpointRecord;
    std::vector<TableColumn<Row>> columns = {
        {Words::tr("Step"),
         Words::tr("Training steps done"),
         [](const Row& r) { return count(r.step); },
         [](const Row& r) { return QVariant::fromValue<qlonglong>(r.step); },
         {},
         true},
        {Words::tr("Mark"), Words::tr("The best and the newest of the run"), checkpointMark},
        {Words::tr("Train loss"),
         Words::tr("Mean since the validation before"),
         [](const Row& r) { return number(r.trainLoss, lossDigits); },
         [](const Row& r) { return r.trainLoss; },
         {},
         true},
        {Words::tr("Val loss"),
         Words::tr("Loss on the validation part"),
         [](const Row& r) { return optionalNumber(r.validationLoss); },
         [](const Row& r) { return r.validationLoss.value_or(unknown); },
         {},
         true},
        {Words::tr("Size"),
         Words::tr("Bytes in the workspace"),
         [](const Row& r) { return fileSize(r.bytes); },
         [](const Row& r) { return QVariant::fromValue<qlonglong>(r.bytes); },
         {},
         true},
        {Words::tr("Created"), Words::tr("When it was written, UTC"),
         [](const Row& r) { return dateTime(r.created); }},
    };
    return new CheckpointTable(
        std::move(columns), [](const Row& r) { return r.id; }, parent);
}

EventTable* makeEventTable(QObject* parent)
{
    using Row = EventRecord;
    std::vector<TableColumn<Row>> columns = {
        {Words::tr("Step"),
         Words::tr("Training steps done by then"),
         [](const Row& r) { return count(r.step); },
         [](const Row& r) { return QVariant::fromValue<qlonglong>(r.step); },
         {},
         true},
        {Words::tr("Time"), Words::tr("When it happened, UTC"),
         [](const Row& r) { return dateTime(r.time); }},
        {Words::tr("Event"), Words::tr("Kind of event"), [](const Row& r) { return eventText(r.kind); }},
        {Words::tr("What happened"), {}, [](const Row& r) { return fromUtf8(r.text); }},
    };
    return new EventTable(
        std::move(columns), [](const Row&) { return std::int64_t{0}; }, parent);
}

SeriesTable* makeSeriesTable(QObject* parent)
{
    using Row = SeriesRecord;
    std::vector<TableColumn<Row>> columns = {
        {Words::tr("Series"), Words::tr("Name of the series"), [](const Row& r) { return fromUtf8(r.name); }},
        {Words::tr("Rows"),
         Words::tr("Points in time"),
         [](const Row& r) { return count(r.rows); },
         [](const Row& r) { return QVariant::fromValue<qlonglong>(r.rows); },
         {},
         true},
        {Words::tr("Frequency"), Words::tr("How the times follow each other"),
         [](const Row& r) { return fromUtf8(r.frequency); }},
        {Words::tr("First"), Words::tr("First time, UTC"), [](const Row& r) { return dateTime(r.first); }},
        {Words::tr("Last"), Words::tr("Last time, UTC"), [](const Row& r) { return dateTime(r.last); }},
        {Words::tr("Columns"), Words::tr("Numeric columns"), [](const Row& r) { return joined(r.columns); }},
        {Words::tr("Source"), Words::tr("File or generator it came from"),
         [](const Row& r) { return fromUtf8(r.source); }},
    };
    return new SeriesTable(
        std::move(columns), [](const Row& r) { return r.id; }, parent);
}

}  // namespace fc::ui
