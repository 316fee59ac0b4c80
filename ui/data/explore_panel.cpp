// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/data/explore_panel.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/plots/number_text.h"
#include "ui/plots/stat_plot.h"
#include "ui/text/text.h"
#include "ui/theme/theme.h"

namespace fc::ui {

namespace {

QLabel* label(QWidget* parent, const QString& text, Role role)
{
    auto* made = new QLabel(text, parent);
    setRole(*made, role);
    made->setWordWrap(true);
    return made;
}

QSpinBox* spinBox(QWidget* parent, int low, int high, int value, const QString& name, const QString& help)
{
    auto* box = new QSpinBox(parent);
    box->setRange(low, high);
    box->setValue(value);
    box->setObjectName(name);
    box->setToolTip(help);
    // One question for a number, not one for each of its digits.
    box->setKeyboardTracking(false);
    return box;
}

/// Rows of names and numbers, as rich text.
QString numberTable(const QStringList& heads, const std::vector<std::pair<QString, QStringList>>& rows)
{
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='3'><tr><td></td>");
    for (const QString& head : heads)
        html += QStringLiteral("<td align='right'><b>%1</b></td>").arg(head.toHtmlEscaped());
    html += QStringLiteral("</tr>");
    for (const auto& [name, cells] : rows) {
        html += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td>").arg(name.toHtmlEscaped());
        for (const QString& cell : cells)
            html += QStringLiteral("<td align='right'>%1</td>").arg(cell.toHtmlEscaped());
        html += QStringLiteral("</tr>");
    }
    return html + QStringLiteral("</table>");
}

std::vector<double> asDoubles(const std::vector<std::int64_t>& counts)
{
    return {counts.begin(), counts.end()};
}

}  // namespace

ExplorePanel::ExplorePanel(QWidget* parent) : QWidget(parent)
{
    build();
    const auto again = [this] { ask(); };
    connect(m_column, &QComboBox::activated, this, again);
    connect(m_lags, &QSpinBox::valueChanged, this, again);
    connect(m_horizon, &QSpinBox::valueChanged, this, again);
    connect(m_scored, &QComboBox::activated, this, again);
    connect(m_other, &QComboBox::currentIndexChanged, this, [this] { showOthers(); });
    connect(&m_background, &Background::busyChanged, this, &ExplorePanel::busyChanged);
}

ExplorePanel::~ExplorePanel()
{
    if (m_cancel)
        m_cancel->cancel();
}

StatPlot* ExplorePanel::addPlot(QWidget* page, const QString& title)
{
    auto* lines = qobject_cast<QVBoxLayout*>(page->layout());
    if (!title.isEmpty())
        lines->addWidget(label(page, title, Role::Muted));
    auto* plot = new StatPlot(page);
    plot->setAccessibleName(title);
    lines->addWidget(plot, 1);
    return plot;
}

void ExplorePanel::build()
{
    m_title = label(this, tr("No series yet."), Role::Heading);
    m_column = new QComboBox(this);
    m_column->setObjectName(QStringLiteral("exploreColumn"));
    m_column->setAccessibleName(tr("Column"));
    m_lags = spinBox(this, 1, 2000, 40, QStringLiteral("exploreLags"), tr("How far the correlations look"));
    m_lags->setPrefix(tr("Lags "));
    auto* head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_column);
    head->addWidget(m_lags);

    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Data"));
    const auto page = [this](const QString& name) {
        auto* widget = new QWidget(m_tabs);
        auto* lines = new QVBoxLayout(widget);
        lines->setContentsMargins(10, 8, 10, 8);
        m_tabs->addTab(widget, name);
        return widget;
    };
    auto* distribution = page(tr("Distribution"));
    m_numbers = label(distribution, {}, Role::Muted);
    m_numbers->setObjectName(QStringLiteral("exploreNumbers"));
    m_numbers->setTextInteractionFlags(Qt::TextSelectableByMouse);
    distribution->layout()->addWidget(m_numbers);
    m_values = addPlot(distribution, tr("Values"));
    m_changes = addPlot(distribution, tr("Changes from row to row"));

    auto* dependence = page(tr("Autocorrelation"));
    m_verdict = label(dependence, {}, Role::Muted);
    m_verdict->setObjectName(QStringLiteral("exploreVerdict"));
    dependence->layout()->addWidget(m_verdict);
    m_acf = addPlot(dependence, tr("Autocorrelation, and where white noise would stay in 95 of 100 cases"));
    m_pacf = addPlot(dependence, tr("Partial autocorrelation"));

    auto* season = page(tr("Season"));
    m_seasonText = label(season, {}, Role::Muted);
    season->layout()->addWidget(m_seasonText);
    m_parts = addPlot(season, {});

    auto* others = page(tr("Other columns"));
    m_other = new QComboBox(others);
    m_other->setAccessibleName(tr("Other column"));
    others->layout()->addWidget(m_other);
    m_crossing =
        addPlot(others, tr("Correlation of changes; a peak at a lag above 0: the other column leads"));

    auto* missing = page(tr("Missing values"));
    m_missing = addPlot(missing, tr("Share of missing values in stretches of equal length"));

    auto* features = page(tr("Features"));
    auto* choice = new QHBoxLayout;
    m_scored = new QComboBox(features);
    m_scored->setAccessibleName(tr("Features to score"));
    m_scored->addItems({tr("Features of the recipe"), tr("The whole catalogue")});
    m_horizon = spinBox(features, 1, 10'000, 1, QStringLiteral("exploreHorizon"),
                        tr("Rows ahead whose change the features should tell about"));
    m_horizon->setPrefix(tr("Horizon "));
    choice->addWidget(m_scored);
    choice->addWidget(m_horizon);
    choice->addStretch(1);
    qobject_cast<QVBoxLayout*>(features->layout())->addLayout(choice);
    m_information = addPlot(features, tr("Mutual information with the change ahead, in nats"));

    auto* lines = new QVBoxLayout(this);
    lines->setContentsMargins(12, 10, 12, 8);
    lines->addLayout(head);
    lines->addWidget(m_tabs, 1);
}

void ExplorePanel::setSeries(const std::filesystem::path& workspace, const std::string& name,
                             const std::vector<std::string>& columns)
{
    m_workspace = workspace;
    m_series = name;
    const QString before = m_column->currentText();
    m_column->clear();
    for (const std::string& column : columns)
        m_column->addItem(fromUtf8(column));
    const int close = m_column->findText(QStringLiteral("close"), Qt::MatchFixedString);
    const int same = m_column->findText(before);
    m_column->setCurrentIndex(same >= 0 ? same : std::max(close, 0));
    m_title->setText(name.empty() ? tr("No series yet.") : fromUtf8(name));
    ask();
}

void ExplorePanel::setFeatures(const std::string& features)
{
    if (features == m_features)
        return;
    m_features = features;
    if (m_scored->currentIndex() == 0)
        ask();
}

void ExplorePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_stale)
        ask();
}

void ExplorePanel::ask()
{
    if (m_cancel)
        m_cancel->cancel();
    m_stale = !isVisible();
    if (m_stale || m_series.empty())
        return;
    m_cancel = std::make_shared<CancelToken>();
    const ExploreOptions options{.column = toUtf8(m_column->currentText()),
                                 .lags = m_lags->value(),
                                 .season = 0,
                                 .features = m_scored->currentIndex() == 1 ? "all" : m_features,
                                 .horizon = m_horizon->value()};
    m_background.ask(
        QStringLiteral("explore"),
        [workspace = m_workspace, series = m_series, options, cancel = m_cancel] {
            return exploreSeries(workspace, series, options, cancel.get());
        },
        [this](Exploration exploration) { present(std::move(exploration)); },
        [this](const Message& message) {
            m_shown.reset();
            for (StatPlot* plot :
                 {m_values, m_changes, m_acf, m_pacf, m_parts, m_crossing, m_missing, m_information})
                plot->setEmptyText(sentence(message));
            m_numbers->clear();
            m_verdict->clear();
            m_seasonText->clear();
            emit explored();
        });
}

void ExplorePanel::present(Exploration exploration)
{
    m_shown = std::make_shared<Exploration>(std::move(exploration));
    const QSignalBlocker quiet(m_other);
    const QString before = m_other->currentText();
    m_other->clear();
    for (const CrossCorrelation& each : m_shown->crossCorrelations)
        m_other->addItem(fromUtf8(each.column));
    m_other->setCurrentIndex(std::max(0, m_other->findText(before)));
    showNumbers();
    showDistribution();
    showDependence();
    showSeason();
    showOthers();
    showMissing();
    showFeatures();
    emit explored();
}

void ExplorePanel::showNumbers()
{
    const auto row = [](const QString& name, const ValueSummary& s) -> std::pair<QString, QStringList> {
        QStringList cells{count(s.count), count(s.missing)};
        for (const double value :
             {s.mean, s.deviation, s.minimum, s.median, s.maximum, s.skewness, s.kurtosis})
            cells.append(number(value));
        return {name, cells};
    };
    m_numbers->setText(
        numberTable({tr("count"), tr("missing"), tr("mean"), tr("sd"), tr("min"), tr("median"), tr("max"),
                     tr("skewness"), tr("kurtosis")},
                    {row(tr("Values"), m_shown->summary), row(tr("Changes"), m_shown->changeSummary)}));
}

void ExplorePanel::showDistribution()
{
    const auto draw = [](StatPlot* plot, const Histogram& h) {
        plot->setHistogram(h.first, h.width, asDoubles(h.counts));
    };
    draw(m_values, m_shown->histogram);
    draw(m_changes, m_shown->changeHistogram);
}

void ExplorePanel::showDependence()
{
    QStringList sentences;
    if (const auto verdict = stationarityVerdict(*m_shown))
        sentences += sentence(*verdict);
    if (m_shown->unitRoot && m_shown->levelTest)
        sentences += tr("ADF %1 (p %2), KPSS %3 (p %4).")
                         .arg(number(m_shown->unitRoot->statistic), number(m_shown->unitRoot->pValue),
                              number(m_shown->levelTest->statistic), number(m_shown->levelTest->pValue));
    if (m_shown->testedRows < m_shown->rows)
        sentences += tr("From the last %1 rows without a gap.").arg(count(m_shown->testedRows));
    for (const Message& note : m_shown->notes)
        sentences += sentence(note);
    m_verdict->setText(sentences.join(QLatin1Char(' ')));
    // Lag 0 is always 1 and would flatten the rest.
    const auto beyondFirst = [](const std::vector<double>& v) {
        return v.empty() ? v : std::vector<double>(v.begin() + 1, v.end());
    };
    const std::vector<double> band = beyondFirst(m_shown->autocorrelation.halfWidths);
    m_acf->setStems(1, beyondFirst(m_shown->autocorrelation.values), band, tr("lag"));
    m_pacf->setStems(1, beyondFirst(m_shown->partial),
                     std::vector<double>(band.size(), band.empty() ? 0 : band.front()), tr("lag"));
}

void ExplorePanel::showSeason()
{
    if (m_shown->season == 0) {
        m_seasonText->clear();
        m_parts->setEmptyText(tr("No season could be measured in these rows."));
        return;
    }
    QString cycles;
    for (const Cycle& cycle : m_shown->cycles) {
        if (cycle.share < 0.01)
            continue;
        cycles += (cycles.isEmpty() ? QString() : QStringLiteral(", ")) +
                  tr("%1 rows (%2%)").arg(number(cycle.period), fixedNumber(100 * cycle.share, 0));
    }
    m_seasonText->setText(
        tr("Season of %1 rows: strength %2; trend %3 (0 none, 1 all). Strongest cycles: %4.")
            .arg(QString::number(m_shown->season), fixedNumber(m_shown->strength.season, 2),
                 fixedNumber(m_shown->strength.trend, 2), cycles));
    const Decomposition& parts = m_shown->parts;
    m_parts->setPanes({tr("trend"), tr("season"), tr("rest")}, {parts.trend, parts.seasonal, parts.rest});
}

void ExplorePanel::showOthers()
{
    const int index = m_other->currentIndex();
    if (!m_shown || index < 0 || index >= static_cast<int>(m_shown->crossCorrelations.size())) {
        m_crossing->setEmptyText(tr("The series has no other column."));
        return;
    }
    const std::vector<double>& values = m_shown->crossCorrelations[static_cast<std::size_t>(index)].values;
    m_crossing->setStems(-static_cast<int>(values.size() / 2), values, {}, tr("lag"));
}

void ExplorePanel::showMissing()
{
    QStringList names;
    for (const std::string& column : m_shown->columns)
        names.append(fromUtf8(column));
    const bool any = std::ranges::any_of(m_shown->missing.shares, [](const std::vector<double>& shares) {
        return std::ranges::any_of(shares, [](double share) { return share > 0; });
    });
    if (any)
        m_missing->setMap(names, m_shown->missing.shares, static_cast<double>(m_shown->missing.rowsPerBin));
    else
        m_missing->setEmptyText(tr("No value is missing in any column."));
}

void ExplorePanel::showFeatures()
{
    if (m_shown->features.empty()) {
        m_information->setEmptyText(
            tr("The recipe has no features yet. Add some, or score the whole catalogue."));
        return;
    }
    constexpr std::size_t most = 40;
    QStringList names;
    std::vector<double> values;
    for (const FeatureScore& score : m_shown->features) {
        if (values.size() == most)
            break;
        names.append(fromUtf8(score.name));
        values.push_back(score.information);
    }
    m_information->setNamedBars(names, values);
}

}  // namespace fc::ui
