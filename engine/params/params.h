// SPDX-License-Identifier: GPL-3.0-or-later
// What a person chooses: each parameter is declared once, in its struct's describe(); forms, commands, JSON,
// documents and checks all come from that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/error.h"

namespace fc {

using ParamValue = std::variant<bool, std::int64_t, double, std::string>;
/// By id.
using ParamValues = std::map<std::string, ParamValue>;

/// When a parameter counts: while the choice or flag `id` has one of `values`, and itself counts.
struct ParamCondition {
    std::string id = {};                   ///< empty = always
    std::vector<std::string> values = {};  ///< as valueText gives them
};

/// What is said about one parameter, once.
struct ParamSpec {
    std::string id;     ///< snake_case
    std::string label;  ///< TR("engine", …)
    std::string help;   ///< TR("engine", …), whole sentences
    std::optional<double> min = std::nullopt;
    std::optional<double> max = std::nullopt;
    std::string unit = {};
    std::vector<std::string> choices = {};  ///< text only; empty = any text
    bool logScale = false;                  ///< searched and shown on a logarithmic scale
    bool odd = false;                       ///< whole numbers only: even values are refused
    ParamCondition when = {};
};

/// The members of a parameter struct are shown to one of these, one call each.
class ParamVisitor {
public:
    virtual ~ParamVisitor() = default;
    virtual void field(int& value, const ParamSpec& spec) = 0;
    virtual void field(double& value, const ParamSpec& spec) = 0;
    virtual void field(bool& value, const ParamSpec& spec) = 0;
    virtual void field(std::string& value, const ParamSpec& spec) = 0;
};

struct Param {
    ParamSpec spec;
    ParamValue defaultValue;

    /// "integer", "number", "boolean", "choice" or "text".
    std::string type() const;
};

using Schema = std::vector<Param>;

/// Collects a schema from one describe() call.
class SchemaCollector : public ParamVisitor {
public:
    void field(int& value, const ParamSpec& spec) override { schema.push_back({spec, std::int64_t{value}}); }
    void field(double& value, const ParamSpec& spec) override { schema.push_back({spec, value}); }
    void field(bool& value, const ParamSpec& spec) override { schema.push_back({spec, value}); }
    void field(std::string& value, const ParamSpec& spec) override { schema.push_back({spec, value}); }

    Schema schema;
};

/// Writes values into a struct. Expects values that `problems` accepted.
class ParamAssigner : public ParamVisitor {
public:
    explicit ParamAssigner(const ParamValues& values) : m_values(values) {}
    void field(int& value, const ParamSpec& spec) override;
    void field(double& value, const ParamSpec& spec) override;
    void field(bool& value, const ParamSpec& spec) override;
    void field(std::string& value, const ParamSpec& spec) override;

private:
    const ParamValues& m_values;
};

template <typename P>
Schema schemaOf()
{
    P fresh;
    SchemaCollector collector;
    fresh.describe(collector);
    return collector.schema;
}

ParamValues defaults(const Schema& schema);

/// All that is wrong with `values`: unknown ids (with the nearest known one), wrong types, values out of
/// range.
std::vector<Message> problems(const Schema& schema, const ParamValues& values);

/// Throws UsageError with the first of `problems`.
void check(const Schema& schema, const ParamValues& values);

/// The struct with `values` over its defaults. Throws UsageError.
template <typename P>
P paramsFrom(const ParamValues& values)
{
    check(schemaOf<P>(), values);
    P params;
    ParamAssigner assigner(values);
    params.describe(assigner);
    return params;
}

template <typename P>
ParamValues valuesOf(const P& params)
{
    P copy = params;
    SchemaCollector collector;
    copy.describe(collector);
    return defaults(collector.schema);
}

/// "0.5" -> 0.5 by the type the schema declares. Throws UsageError naming `id` and the text.
ParamValue parseValue(const Param& param, std::string_view text);
std::string valueText(const ParamValue& value);

/// The parameter named `id`, or nullptr.
const Param* find(const Schema& schema, std::string_view id);

/// The choice or flag whose value leaves `param` without effect, the outermost where conditions hang on one
/// another; nullptr when it counts. What `values` does not name has its default, what `schema` does not have
/// sets no condition.
const Param* unusedBecauseOf(const Schema& schema, const ParamValues& values, const Param& param);
/// "Only with optimizer = sgd, rmsprop." Expects a condition that names a parameter.
Message sentenceOf(const ParamCondition& condition);

/// One JSON object, keys in order, whole and exact numbers.
std::string toJson(const ParamValues& values);
/// Throws Error when the text is not an object of plain values.
ParamValues paramsFromJson(std::string_view json);

/// The candidate that differs least from `name` (edit distance), or empty when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace fc
