// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/runs/explore.h"

namespace fc {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json();
}

Json numbers(const std::vector<double>& values)
{
    Json list = Json::array();
    for (const double value : values)
        list.push_back(number(value));
    return list;
}

Json summary(const ValueSummary& s)
{
    return {{"count", s.count},
            {"missing", s.missing},
            {"zeros", s.zeros},
            {"mean", number(s.mean)},
            {"standard_deviation", number(s.deviation)},
            {"minimum", number(s.minimum)},
            {"lower_quartile", number(s.lowerQuartile)},
            {"median", number(s.median)},
            {"upper_quartile", number(s.upperQuartile)},
            {"maximum", number(s.maximum)},
            {"skewness", number(s.skewness)},
            {"kurtosis", number(s.kurtosis)},
            {"jarque_bera", {{"statistic", number(s.jarqueBera)}, {"p_value", number(s.jarqueBeraPValue)}}}};
}

Json histogram(const Histogram& h)
{
    return {{"first", number(h.first)}, {"width", number(h.width)}, {"counts", h.counts}};
}

Json unitRoot(const std::optional<UnitRootTest>& test)
{
    if (!test)
        return nullptr;
    return {{"statistic", number(test->statistic)},
            {"p_value", number(test->pValue)},
            {"lags", test->lags},
            {"rows", test->rows},
            {"critical_values",
             {{"1%", test->criticalValues[0]},
              {"5%", test->criticalValues[1]},
              {"10%", test->criticalValues[2]}}}};
}

Json stationarity(const std::optional<StationarityTest>& test)
{
    if (!test)
        return nullptr;
    return {{"statistic", number(test->statistic)}, {"p_value", number(test->pValue)}, {"lags", test->lags}};
}

Json season(const Exploration& e)
{
    Json cycles = Json::array();
    for (const Cycle& cycle : e.cycles)
        cycles.push_back({{"period", number(cycle.period)}, {"share", number(cycle.share)}});
    return {{"rows", e.season > 0 ? Json(e.season) : Json()},
            {"season_strength", number(e.strength.season)},
            {"trend_strength", number(e.strength.trend)},
            {"cycles", cycles}};
}

Json missingness(const Exploration& e)
{
    Json columns = Json::object();
    for (std::size_t i = 0; i < e.columns.size(); ++i)
        columns[e.columns[i]] = numbers(e.missing.shares[i]);
    return {{"rows_per_stretch", e.missing.rowsPerBin}, {"shares", columns}};
}

}  // namespace

std::string exploreJson(const Exploration& e)
{
    Json crossings = Json::object();
    for (const CrossCorrelation& each : e.crossCorrelations)
        crossings[each.column] = numbers(each.values);
    Json features = Json::array();
    for (const FeatureScore& f : e.features) {
        features.push_back({{"name", f.name},
                            {"mutual_information", number(f.information)},
                            {"spearman", number(f.correlation)}});
    }
    Json notes = Json::array();
    for (const Message& note : e.notes)
        notes.push_back(note.english());
    const auto verdict = stationarityVerdict(e);
    const Json document = {
        {"series", e.series},
        {"column", e.column},
        {"rows", e.rows},
        {"tested_rows", e.testedRows},
        {"summary", summary(e.summary)},
        {"histogram", histogram(e.histogram)},
        {"change_summary", summary(e.changeSummary)},
        {"change_histogram", histogram(e.changeHistogram)},
        {"acf", numbers(e.autocorrelation.values)},
        {"acf_half_widths", numbers(e.autocorrelation.halfWidths)},
        {"pacf", numbers(e.partial)},
        {"ljung_box",
         {{"statistic", numbers(e.ljungBox.statistic)}, {"p_value", numbers(e.ljungBox.pValue)}}},
        {"adf", unitRoot(e.unitRoot)},
        {"kpss_level", stationarity(e.levelTest)},
        {"kpss_trend", stationarity(e.trendTest)},
        {"verdict", verdict ? Json(verdict->english()) : Json()},
        {"season", season(e)},
        {"cross_correlation", crossings},
        {"missing", missingness(e)},
        {"features", features},
        {"notes", notes}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fc
