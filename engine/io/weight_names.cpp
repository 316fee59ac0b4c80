// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/weight_names.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "engine/io/safetensors_header.h"
#include "engine/tensor/strided.h"

namespace fc {

namespace {

constexpr std::string_view numberMark = "{n}";
constexpr std::string_view rankMark = "{rank}";

/// What the marks of a pattern stood for.
struct Found {
    std::string_view text;
    std::optional<int> number;
};

/// The whole number at the start of `name`, without leading zeros; its length comes with it.
std::optional<std::pair<int, std::size_t>> leadingNumber(std::string_view name)
{
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const auto length = static_cast<std::size_t>(end - name.data());
    if (error != std::errc() || number < 0 || (length > 1 && name.front() == '0') || name.front() == '-')
        return std::nullopt;
    return std::pair(number, length);
}

bool matches(std::string_view pattern, std::string_view name, Found& found)
{
    if (pattern.empty())
        return name.empty();
    if (pattern.starts_with(numberMark)) {
        const auto number = leadingNumber(name);
        if (!number)
            return false;
        found.number = number->first;
        return matches(pattern.substr(numberMark.size()), name.substr(number->second), found);
    }
    if (pattern.front() != '*')
        return !name.empty() && pattern.front() == name.front() &&
               matches(pattern.substr(1), name.substr(1), found);
    for (std::size_t length = name.size(); length > 0; --length) {
        if (matches(pattern.substr(1), name.substr(length), found)) {
            found.text = name.substr(0, length);
            return true;
        }
    }
    return false;
}

void replace(std::string& text, std::string_view mark, std::string_view by)
{
    if (const std::size_t at = text.find(mark); at != std::string::npos)
        text.replace(at, mark.size(), by);
}

/// A tensor of the file on its way to a weight.
struct Mapped {
    std::string theirs;  ///< as the file has it
    std::string ours;    ///< so far; empty = left out
    WeightLayout layout = WeightLayout::Same;
};

void dropPrefixes(std::vector<Mapped>& names, const std::vector<std::string>& prefixes)
{
    const auto onAll = [&names](const std::string& prefix) {
        return !names.empty() && std::ranges::all_of(names, [&prefix](const Mapped& name) {
            return name.ours.size() > prefix.size() && name.ours.starts_with(prefix);
        });
    };
    for (;;) {
        const auto prefix = std::ranges::find_if(prefixes, onAll);
        if (prefix == prefixes.end())
            return;
        for (Mapped& name : names)
            name.ours.erase(0, prefix->size());
    }
}

void apply(const WeightRule& rule, std::vector<Mapped>& names, const Weights& weights)
{
    // What the model knows keeps its name; only what is to be counted or turned may bear a name of ours
    // already.
    const bool everywhere =
        rule.ours.find(rankMark) != std::string::npos || rule.layout == WeightLayout::Transposed;
    // Numbers count within one module: "a.net.{n}" and "b.net.{n}" are two.
    const bool textComesFirst = rule.theirs.find('*') < rule.theirs.find(numberMark);
    const auto module = [textComesFirst](const Found& found) {
        return textComesFirst ? std::string(found.text) : std::string();
    };
    std::map<std::string, std::set<int>> numbers;
    for (const Mapped& name : names) {
        Found found;
        if (matches(rule.theirs, name.ours, found) && found.number)
            numbers[module(found)].insert(*found.number);
    }
    for (Mapped& name : names) {
        Found found;
        if ((!everywhere && weights.find(name.ours) != nullptr) || !matches(rule.theirs, name.ours, found))
            continue;
        std::string ours = rule.ours;
        if (found.number) {
            const std::set<int>& all = numbers[module(found)];
            const auto rank = std::distance(all.begin(), all.find(*found.number));
            replace(ours, numberMark, std::to_string(*found.number));
            replace(ours, rankMark, std::to_string(rank));
        }
        replace(ours, "*", found.text);
        name.ours = ours;
        name.layout = rule.layout == WeightLayout::Transposed ? rule.layout : name.layout;
    }
}

bool isReal(DType dtype)
{
    return dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
}

/// Without the sizes of 1 at its end.
Shape trimmed(const Shape& shape)
{
    std::span<const std::int64_t> sizes = shape.sizes();
    while (!sizes.empty() && sizes.back() == 1)
        sizes = sizes.first(sizes.size() - 1);
    return Shape(sizes);
}

/// The tensor as the weight has it; undefined when it has another shape or type.
Tensor laidOut(const Tensor& tensor, WeightLayout layout, const Tensor& weight)
{
    if (!isReal(tensor.dtype()))
        return {};
    Tensor y = tensor;
    if (layout == WeightLayout::Transposed) {
        if (y.rank() != 2)
            return {};
        const std::array<std::int64_t, 2> strides{y.stride(1), y.stride(0)};
        y = y.view({y.size(1), y.size(0)}, strides);
    }
    if (!(trimmed(y.shape()) == trimmed(weight.shape())))
        return {};
    return reshapedView(y.to(weight.dtype()).contiguous(), weight.shape());
}

bool equal(const Tensor& a, const Tensor& b)
{
    return std::memcmp(a.bytes(), b.bytes(), static_cast<std::size_t>(a.count() * bytesOf(a.dtype()))) == 0;
}

/// Which tensor goes where, and all that keeps it from going there.
struct Fit {
    std::map<std::string, Tensor> values;  ///< by our names
    std::vector<std::string> problems;
};

std::string shown(const Mapped& name)
{
    return shownName(name.theirs) + (name.ours != name.theirs ? " (as " + shownName(name.ours) + ")" : "");
}

/// Why laidOut() made nothing of it.
std::string misfit(const Mapped& name, const Tensor& tensor, const Tensor& weight)
{
    if (!isReal(tensor.dtype()))
        return shown(name) + " has whole numbers (" + print(tensor.dtype()) + ") in the file";
    return shown(name) + " is " + print(tensor.shape()) + " in the file and " + print(weight.shape()) +
           (name.layout == WeightLayout::Transposed ? " transposed" : "") + " in the model";
}

Fit fitted(const Weights& weights, const std::map<std::string, Tensor>& tensors,
           const std::vector<Mapped>& names)
{
    Fit fit;
    for (const Mapped& name : names) {
        const Tensor& tensor = tensors.at(name.theirs);
        if (name.ours.empty())
            continue;
        const NamedWeight* weight = weights.find(name.ours);
        if (weight == nullptr) {
            fit.problems.push_back(shown(name) + " " + print(tensor.shape()) + " is left over in the file");
            continue;
        }
        const Tensor values = laidOut(tensor, name.layout, weight->value);
        const auto [other, first] = fit.values.try_emplace(name.ours, values);
        if (!values.defined())
            fit.problems.push_back(misfit(name, tensor, weight->value));
        else if (!first && other->second.defined() && !equal(values, other->second))
            fit.problems.push_back(shown(name) + " is in the file twice, with other values");
    }
    for (const NamedWeight& weight : weights.all()) {
        if (!fit.values.contains(weight.name))
            fit.problems.push_back(weight.name + " " + print(weight.value.shape()) +
                                   " is missing in the file");
    }
    return fit;
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : "; ") + part;
    return text;
}

}  // namespace

WeightTable torchWeightNames()
{
    WeightTable table;
    // torch.compile, DataParallel and most programs wrap the module they save.
    table.prefixes = {"module.", "model.", "_orig_mod."};
    table.rules = {
        // A checkpoint of our own holds more than the weights.
        {"optimizer.*", ""},
        {"best.*", ""},
        // torch.nn.BatchNorm counts its batches; nothing here needs the count.
        {"*.num_batches_tracked", ""},
        // torch.nn.utils.parametrizations.weight_norm, which took the place of torch.nn.utils.weight_norm.
        {"*.parametrizations.weight.original0", "*.weight_g"},
        {"*.parametrizations.weight.original1", "*.weight_v"},
        // DLinear: Zeng et al., github.com/cure-lab/LTSF-Linear, and plainer names for the same two maps.
        {"Linear_Trend.*", "trend.*"},
        {"Linear_Seasonal.*", "seasonal.*"},
        {"season.*", "seasonal.*"},
        // A recurrent encoder over the window and a network per step.
        {"enc.*", "encoder.*"},
        {"dec.*", "decoder.*"},
        {"up.*", "upsample.*"},
        {"decoder.net.*", "decoder.*"},
        {"decoder.{n}.*", "decoder.{rank}.*"},
        // TCN: one convolution a level, or the blocks of Bai et al., github.com/locuslab/TCN, which holds
        // every
        // convolution twice, by its name and in a Sequential with the steps around it.
        {"convs.{n}.*", "block{n}.conv1.*"},
        {"tcn.network.*", "network.*"},
        {"network.{n}.net.0.*", "block{n}.conv1.*"},
        {"network.{n}.net.4.*", "block{n}.conv2.*"},
        {"network.{n}.*", "block{n}.*"},
        {"linear.*", "head.*"},
    };
    return table;
}

void loadWeights(const Weights& weights, const std::map<std::string, Tensor>& tensors,
                 const WeightTable& table)
{
    std::vector<Mapped> names;
    names.reserve(tensors.size());
    for (const auto& [name, tensor] : tensors)
        names.push_back({name, name});
    Fit fit = fitted(weights, tensors, names);
    if (!fit.problems.empty()) {
        dropPrefixes(names, table.prefixes);
        for (const WeightRule& rule : table.rules)
            apply(rule, names, weights);
        if (Fit renamed = fitted(weights, tensors, names); renamed.problems.size() <= fit.problems.size())
            fit = std::move(renamed);
    }
    if (!fit.problems.empty())
        throw Error(
            Message(TR("engine", "The weights of the file do not fit the model: %1."), joined(fit.problems)));
    for (const NamedWeight& weight : weights.all()) {
        Tensor target = weight.value;
        copyInto(target, fit.values.at(weight.name));
    }
}

}  // namespace fc
