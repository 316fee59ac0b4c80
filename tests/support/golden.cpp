// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/golden.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "engine/autograd/tape.h"

namespace fc {

namespace {

GoldenArray arrayFrom(const nlohmann::json& node)
{
    GoldenArray array;
    array.dtype = node.at("dtype");
    const auto sizes = node.at("shape").get<std::vector<std::int64_t>>();
    array.shape = Shape(std::span(sizes));
    for (const nlohmann::json& value : node.at("data"))
        array.data.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                             : value.get<double>());
    return array;
}

std::map<std::string, GoldenArray> arraysFrom(const nlohmann::json& file, const char* key)
{
    std::map<std::string, GoldenArray> arrays;
    if (file.contains(key)) {
        for (const auto& [name, node] : file.at(key).items()) {
            if (node.is_object())
                arrays[name] = arrayFrom(node);
        }
    }
    return arrays;
}

std::filesystem::path sharedFolder(const std::string& group)
{
    return std::filesystem::path(FC_SHARED_DIR) / "golden" / group;
}

}  // namespace

Tensor GoldenArray::tensor() const
{
    std::vector<float> values(data.size());
    std::ranges::transform(data, values.begin(), [](double v) { return static_cast<float>(v); });
    return Tensor::from(shape, values);
}

std::vector<std::int64_t> GoldenArray::integers() const
{
    std::vector<std::int64_t> values(data.size());
    std::ranges::transform(data, values.begin(), [](double v) { return static_cast<std::int64_t>(v); });
    return values;
}

std::vector<std::filesystem::path> goldenFolders(const std::string& group)
{
    std::vector<std::filesystem::path> folders{sharedFolder(group)};
    if (const char* more = std::getenv("FORECASTLE_GOLDEN_DIR"))
        folders.push_back(std::filesystem::path(more) / group);
    std::erase_if(folders, [](const auto& folder) { return !std::filesystem::is_directory(folder); });
    return folders;
}

GoldenCase readGoldenCase(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    const nlohmann::json root = nlohmann::json::parse(stream);
    GoldenCase golden;
    golden.name = root.at("case");
    golden.config = root.at("config");
    golden.inputs = arraysFrom(root, "inputs");
    golden.params = arraysFrom(root, "params");
    golden.outputs = arraysFrom(root, "outputs");
    golden.cotangents = arraysFrom(root, "cotangents");
    golden.grads = arraysFrom(root, "grads");
    golden.relative = root.at("tolerance").at("rel");
    golden.absolute = root.at("tolerance").at("abs");
    return golden;
}

std::vector<GoldenCase> goldenCases(const std::string& group)
{
    std::vector<GoldenCase> cases;
    for (const std::filesystem::path& folder : goldenFolders(group)) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.path().extension() == ".json")
                files.push_back(entry.path());
        }
        std::ranges::sort(files);
        for (const std::filesystem::path& file : files) {
            cases.push_back(readGoldenCase(file));
            if (folder != sharedFolder(group))
                cases.back().name += " (second folder)";
        }
    }
    return cases;
}

std::string difference(const std::string& name, const Tensor& got, const GoldenArray& want,
                       const GoldenCase& golden)
{
    if (!got.defined())
        return name + " is missing";
    if (!(got.shape() == want.shape))
        return name + " has the shape " + print(got.shape()) + " instead of " + print(want.shape);
    const bool exact = want.dtype != "float64";
    const std::vector<float> values = got.values();
    double worst = 0.0;
    std::size_t worstAt = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(want.data[i]) && std::isnan(values[i]))
            continue;
        const double off = std::fabs(static_cast<double>(values[i]) - want.data[i]);
        const double allowed = exact ? 0.0 : golden.absolute + golden.relative * std::fabs(want.data[i]);
        if (off <= allowed)
            continue;
        const double excess = std::isnan(off) ? std::numeric_limits<double>::infinity() : off - allowed;
        if (excess > worst) {
            worst = excess;
            worstAt = i;
        }
    }
    if (worst == 0.0)
        return {};
    return name + "[" + std::to_string(worstAt) + "] is " +
           formatNumber(static_cast<double>(values[worstAt])) + " instead of " +
           formatNumber(want.data[worstAt]);
}

GoldenValues goldenValues(const GoldenCase& golden)
{
    GoldenValues values;
    for (const auto& [name, array] : golden.inputs)
        values[name] = array.tensor();
    for (const auto& [name, array] : golden.params)
        values[name] = array.tensor();
    return values;
}

std::vector<std::string> checkGolden(const GoldenCase& golden,
                                     const std::function<GoldenValues(const GoldenValues& values)>& compute)
{
    return checkGolden(golden, goldenValues(golden), compute);
}

std::vector<std::string> checkGolden(const GoldenCase& golden, const GoldenValues& values,
                                     const std::function<GoldenValues(const GoldenValues& values)>& compute)
{
    Tape tape;
    for (const auto& [name, array] : golden.grads)
        tape.watch(values.at(name));
    GoldenValues results;
    {
        const TapeScope scope(&tape);
        results = compute(values);
    }
    std::vector<std::string> differences;
    const auto note = [&differences](std::string line) {
        if (!line.empty())
            differences.push_back(std::move(line));
    };
    for (const auto& [name, want] : golden.outputs)
        note(difference(name, results[name], want, golden));
    std::vector<std::pair<Tensor, Tensor>> seeds;
    for (const auto& [name, cotangent] : golden.cotangents) {
        if (results[name].defined() && results[name].shape() == cotangent.shape)
            seeds.emplace_back(results[name], cotangent.tensor());
    }
    tape.backward(seeds);
    for (const auto& [name, want] : golden.grads)
        note(difference("gradient of " + name, tape.grad(values.at(name)), want, golden));
    return differences;
}

}  // namespace fc
