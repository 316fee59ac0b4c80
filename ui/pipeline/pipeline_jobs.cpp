// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_jobs.h"

#include <algorithm>
#include <cmath>

#include "engine/runs/services.h"
#include "engine/store/store.h"
#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr int debounceMs = 200;
/// Of the finite values of a line: so many among the prices make it one of them.
constexpr double shareAmongPrices = 0.5;

/// Share of the values that lie between the lowest and the highest value of the columns that prices are in.
double shareInside(const Series& series, const std::vector<double>& values)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const Column& column : series.columns) {
        if (column.role == "volume" || (series.isMarket() && column.role.empty()))
            continue;
        for (const double value : column.values) {
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    std::int64_t finite = 0;
    std::int64_t inside = 0;
    for (const double value : values) {
        finite += std::isfinite(value) ? 1 : 0;
        inside += value >= low && value <= high ? 1 : 0;
    }
    return finite == 0 ? 0 : static_cast<double>(inside) / static_cast<double>(finite);
}

std::vector<ListedFeature> listOf(const Pipeline& pipeline)
{
    std::vector<ListedFeature> list;
    for (const PipelineFeature& each : pipeline.features)
        list.push_back(each.listed);
    return list;
}

}  // namespace

QString shortTitle(const FeatureSpec& spec)
{
    const FeatureEntry& entry = featureEntry(spec.id);
    QStringList shown;
    for (const Param& param : entry.schema) {
        const auto value = spec.values.find(param.spec.id);
        if (value == spec.values.end() || std::holds_alternative<bool>(value->second))
            continue;
        const bool isText = std::holds_alternative<std::string>(value->second);
        if (!isText || value->second != param.defaultValue)
            shown << fromUtf8(valueText(value->second));
    }
    const QString label = engineText(entry.label);
    return shown.isEmpty() ? label : label + QStringLiteral(" (") + shown.join(QStringLiteral(", ")) + u')';
}

PreviewPane previewOf(const Series& series, const FeatureSpec& spec)
{
    FeatureTable table = computeFeatures(series, {spec});
    PreviewPane pane;
    pane.title = shortTitle(spec);
    const std::string& unit = featureEntry(spec.id).unit;
    const bool isPrice = unit == "price" || unit.starts_with("as the column");
    pane.onPrices = isPrice && std::ranges::any_of(table.columns, [&](const std::vector<double>& values) {
                        return shareInside(series, values) >= shareAmongPrices;
                    });
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        // A line beside the prices would flatten them: the width of a band in percent, for one.
        if (pane.onPrices && shareInside(series, table.columns[i]) < shareAmongPrices)
            continue;
        pane.lines.push_back({fromUtf8(table.names[i]), std::move(table.columns[i])});
    }
    return pane;
}

PipelineJobs::PipelineJobs(PipelineDocument& document, QObject* parent)
    : QObject(parent), m_document(document)
{
    m_debounce.setSingleShot(true);
    m_debounce.setInterval(debounceMs);
    connect(&m_debounce, &QTimer::timeout, this, [this] {
        check();
        askPreview();
    });
    connect(&m_document, &PipelineDocument::changed, this, &PipelineJobs::checkSoon);
    connect(&m_document, &PipelineDocument::previewChanged, this, &PipelineJobs::askPreview);
    connect(&m_background, &Background::failed, this, &PipelineJobs::failed);
}

void PipelineJobs::setSeries(const std::filesystem::path& workspace, const std::string& name,
                             const std::string& hash)
{
    const SeriesKey key{workspace, name, hash};
    if (key == m_series)
        return;
    m_series = key;
    if (hasSeries()) {
        checkSoon();
        return;
    }
    m_debounce.stop();
    m_background.drop(QStringLiteral("check"));
    m_background.drop(QStringLiteral("preview"));
    m_document.setFindings(std::nullopt, {});
}

std::shared_ptr<const Series> PipelineJobs::load(Loaded& loaded, const SeriesKey& key)
{
    if (!loaded.series || !(loaded.key == key)) {
        loaded.series = std::make_shared<const Series>(
            Store::open(key.workspace, Store::Mode::ReadOnly).loadSeries(key.name));
        loaded.key = key;
    }
    return loaded.series;
}

void PipelineJobs::checkSoon()
{
    if (hasSeries())
        m_debounce.start();
}

void PipelineJobs::check()
{
    m_background.ask(
        QStringLiteral("check"),
        [loaded = m_loaded, key = m_series, recipe = m_document.pipeline().settings,
         features = listOf(m_document.pipeline())] {
            return checkRecipe(*load(*loaded, key), recipe, features);
        },
        [this, checked = m_document.pipeline()](RecipeFindings findings) {
            m_document.setFindings(std::move(findings), checked);
        });
}

void PipelineJobs::askPreview()
{
    std::vector<FeatureSpec> specs;
    for (const PipelineFeature& each : m_document.pipeline().features)
        if (m_document.isPreviewed(each.key))
            specs.push_back(each.listed.spec);
    if (specs.empty() || !hasSeries()) {
        m_background.drop(QStringLiteral("preview"));
        emit previewReady({});
        return;
    }
    m_background.ask(
        QStringLiteral("preview"),
        [loaded = m_loaded, key = m_series, specs = std::move(specs)] {
            const std::shared_ptr<const Series> series = load(*loaded, key);
            std::vector<PreviewPane> panes;
            for (const FeatureSpec& spec : specs) {
                // What cannot be computed is told at its row; the others are shown.
                try {
                    panes.push_back(previewOf(*series, spec));
                } catch (const Error&) {
                    continue;
                }
            }
            return panes;
        },
        [this](const std::vector<PreviewPane>& panes) { emit previewReady(panes); });
}

void PipelineJobs::audit()
{
    if (m_auditing || !hasSeries())
        return;
    m_auditing = true;
    emit auditStarted();
    m_auditor.ask(
        QStringLiteral("audit"),
        [key = m_series, values = recipeOf(m_document.pipeline())] {
            return auditSeries(key.workspace, key.name, paramsFrom<Recipe>(values));
        },
        [this](const AuditReport& report) {
            m_auditing = false;
            emit audited(report);
        },
        [this](const Message& message) {
            m_auditing = false;
            emit auditFailed(message);
        });
}

void PipelineJobs::askFit(const std::filesystem::path& workspace, const std::string& series,
                          std::function<void(const RecipeFindings&)> answer)
{
    m_background.ask(
        QStringLiteral("fit"),
        [workspace, series, recipe = m_document.pipeline().settings,
         features = listOf(m_document.pipeline())] {
            return checkRecipe(Store::open(workspace, Store::Mode::ReadOnly).loadSeries(series), recipe,
                               features);
        },
        std::move(answer));
}

}  // namespace fc::ui
