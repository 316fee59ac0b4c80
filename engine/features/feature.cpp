// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/feature.h"

#include <algorithm>

#include "engine/features/feature_list.h"
#include "engine/features/indicators.h"

namespace fc {

namespace {

std::string_view trimmed(std::string_view text)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Parts between the separators that stand outside quotes and parentheses; trimmed, empty ones left out.
std::vector<std::string_view> pieces(std::string_view text, std::string_view separators)
{
    std::vector<std::string_view> found;
    int depth = 0;
    bool quoted = false;
    std::size_t begin = 0;
    const auto take = [&](std::size_t end) {
        if (const std::string_view piece = trimmed(text.substr(begin, end - begin)); !piece.empty())
            found.push_back(piece);
        begin = end + 1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == '(')
            ++depth;
        else if (!quoted && c == ')')
            --depth;
        else if (!quoted && depth == 0 && separators.find(c) != std::string_view::npos)
            take(i);
    }
    take(text.size());
    return found;
}

bool needsQuotes(const std::string& text)
{
    return text.empty() || text != trimmed(text) || text.find_first_of(",;()=\"\\") != std::string::npos;
}

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string unquoted(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size())
            ++i;
        out += text[i];
    }
    return out;
}

void parseParameter(const FeatureEntry& entry, std::string_view text, ParamValues& values)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        throw UsageError(Message(TR("engine",
                                    "The feature \"%1\" has \"%2\" between its parentheses; write "
                                    "parameter=value."),
                                 entry.id, text));
    }
    const std::string name(trimmed(text.substr(0, equals)));
    const std::string_view value = trimmed(text.substr(equals + 1));
    const Param* param = find(entry.schema, name);
    if (!param) {
        std::vector<std::string> known;
        for (const Param& each : entry.schema)
            known.push_back(each.spec.id);
        if (const std::string near = nearest(name, known); !near.empty()) {
            throw UsageError(
                Message(TR("engine", "The feature \"%1\" has no parameter \"%2\". The nearest is \"%3\"."),
                        entry.id, name, near));
        }
        throw UsageError(
            Message(TR("engine",
                       "The feature \"%1\" has no parameter \"%2\". \"features list\" shows what "
                       "it has."),
                    entry.id, name));
    }
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        values[name] = parseValue(*param, unquoted(value.substr(1, value.size() - 2)));
    else
        values[name] = parseValue(*param, value);
}

}  // namespace

const std::vector<FeatureKind>& featureKinds()
{
    static const std::vector<FeatureKind> kinds = {
        {"returns", TR("engine", "Returns and differences")},
        {"overlap", TR("engine", "Averages and channels")},
        {"momentum", TR("engine", "Momentum")},
        {"volatility", TR("engine", "Volatility")},
        {"volume", TR("engine", "Volume")},
        {"candle", TR("engine", "Candle shapes")},
        {"statistics", TR("engine", "Rolling statistics")},
        {"time", TR("engine", "Calendar")},
        {"spectral", TR("engine", "Spectrum")},
        {"compose", TR("engine", "Composed")},
    };
    return kinds;
}

const std::vector<FeatureEntry>& featureCatalogue()
{
    static const std::vector<FeatureEntry> catalogue = [] {
        using Part = std::pair<const char*, std::vector<FeatureEntry> (*)()>;
        std::vector<FeatureEntry> all;
        for (const auto& [kind, entries] :
             {Part{"returns", returnFeatures}, Part{"overlap", trendFeatures},
              Part{"overlap", adaptiveFeatures}, Part{"overlap", channelFeatures},
              Part{"overlap", stopFeatures}, Part{"momentum", momentumFeatures},
              Part{"momentum", swingFeatures}, Part{"momentum", oscillatorFeatures},
              Part{"momentum", directionFeatures}, Part{"volatility", volatilityFeatures},
              Part{"volatility", rangeFeatures}, Part{"volume", volumeFeatures},
              Part{"candle", candleFeatures}, Part{"statistics", statisticsFeatures},
              Part{"statistics", orderFeatures}, Part{"time", timeFeatures},
              Part{"spectral", spectralFeatures}, Part{"compose", composeFeatures}}) {
            for (FeatureEntry& entry : entries()) {
                entry.kind = kind;
                all.push_back(std::move(entry));
            }
        }
        return all;
    }();
    return catalogue;
}

const FeatureEntry& featureEntry(std::string_view id)
{
    std::vector<std::string> known;
    for (const FeatureEntry& entry : featureCatalogue()) {
        if (entry.id == id)
            return entry;
        known.push_back(entry.id);
    }
    if (const std::string near = nearest(id, known); !near.empty())
        throw UsageError(
            Message(TR("engine", "There is no feature \"%1\". The nearest is \"%2\"."), id, near));
    throw UsageError(
        Message(TR("engine", "There is no feature \"%1\". \"features list\" shows those there are."), id));
}

std::string FeatureSpec::text() const
{
    const FeatureEntry& entry = featureEntry(id);
    std::string inside;
    for (const Param& param : entry.schema) {
        const auto given = values.find(param.spec.id);
        const ParamValue& value = given != values.end() ? given->second : param.defaultValue;
        std::string shown = valueText(value);
        if (std::holds_alternative<std::string>(value) && needsQuotes(shown))
            shown = quoted(shown);
        inside += (inside.empty() ? "" : ", ") + param.spec.id + "=" + shown;
    }
    return id + "(" + inside + ")";
}

std::unique_ptr<Feature> FeatureSpec::make() const
{
    return featureEntry(id).make(values);
}

FeatureSpec parseFeature(std::string_view text)
{
    const std::string_view whole = trimmed(text);
    const std::size_t open = whole.find('(');
    if (open != std::string_view::npos && whole.back() != ')')
        throw UsageError(
            Message(TR("engine", "The feature \"%1\" does not end with a closing parenthesis."), whole));
    const FeatureEntry& entry = featureEntry(trimmed(whole.substr(0, open)));
    FeatureSpec spec{entry.id, defaults(entry.schema)};
    if (open != std::string_view::npos) {
        for (const std::string_view piece : pieces(whole.substr(open + 1, whole.size() - open - 2), ","))
            parseParameter(entry, piece, spec.values);
    }
    spec.make();  // parameters that do not fit each other are refused here, not when a training starts
    return spec;
}

std::vector<FeatureSpec> parseFeatures(std::string_view text)
{
    std::vector<FeatureSpec> specs;
    for (ListedFeature& each : parseFeatureList(text)) {
        if (each.isOn)
            specs.push_back(std::move(each.spec));
    }
    return specs;
}

std::vector<ListedFeature> parseFeatureList(std::string_view text)
{
    std::vector<ListedFeature> list;
    for (const std::string_view piece : pieces(text, ",;")) {
        const bool isOn = !piece.starts_with('-');
        list.push_back({parseFeature(piece.substr(isOn ? 0 : 1)), isOn});
    }
    return list;
}

}  // namespace fc
