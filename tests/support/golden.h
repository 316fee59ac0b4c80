// SPDX-License-Identifier: GPL-3.0-or-later
// Reference values computed by other programs, one JSON file a case: what to run, with what, and what comes
// out.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/tensor/tensor.h"

namespace fc {

struct GoldenArray {
    std::string dtype;  ///< "float64", "int64" or "bool"
    Shape shape;
    std::vector<double> data;  ///< row-major; NaN where the file has null

    /// As the engine holds it: numbers and flags as floats.
    Tensor tensor() const;
    std::vector<std::int64_t> integers() const;
};

struct GoldenCase {
    std::string name;  ///< "ops/add_col"; cases of the second folder end in " (second folder)"
    nlohmann::json config;
    std::map<std::string, GoldenArray> inputs;
    std::map<std::string, GoldenArray> params;
    std::map<std::string, GoldenArray> outputs;
    std::map<std::string, GoldenArray> cotangents;
    std::map<std::string, GoldenArray> grads;
    double relative = 0.0;
    double absolute = 0.0;

    std::string op() const { return config.at("op"); }
    /// Ties and kinks where another engine may choose another sub-gradient: reported, not required.
    bool isConventionSensitive() const { return config.value("convention_sensitive", false); }
    bool has(const std::string& input) const { return inputs.contains(input) || params.contains(input); }
    /// A setting, or `fallback` where it is missing or null.
    template <typename T>
    T setting(const std::string& key, T fallback) const
    {
        return config.contains(key) && !config.at(key).is_null() ? config.at(key).get<T>() : fallback;
    }
};

/// Folders of `group` ("ops", "layers" …): the shared one and the one named by FORECASTLE_GOLDEN_DIR, if they
/// are there.
std::vector<std::filesystem::path> goldenFolders(const std::string& group);
/// All cases of the group, by name. Empty when there is no folder.
std::vector<GoldenCase> goldenCases(const std::string& group);
GoldenCase readGoldenCase(const std::filesystem::path& file);

/// Inputs and parameters by name, as tensors.
using GoldenValues = std::map<std::string, Tensor>;
GoldenValues goldenValues(const GoldenCase& golden);

/// Empty when |got - want| <= absolute + relative |want| everywhere; else the first and the largest
/// difference.
std::string difference(const std::string& name, const Tensor& got, const GoldenArray& want,
                       const GoldenCase& golden);

/// Runs `compute` under a tape and compares its outputs, then the gradients of all inputs and parameters that
/// have one. Outputs that `compute` leaves out are a difference. Returns one line for each difference.
std::vector<std::string> checkGolden(const GoldenCase& golden,
                                     const std::function<GoldenValues(const GoldenValues& values)>& compute);
/// The same with tensors of the caller's, which hold the values of the case: the weights of a layer.
std::vector<std::string> checkGolden(const GoldenCase& golden, const GoldenValues& values,
                                     const std::function<GoldenValues(const GoldenValues& values)>& compute);

}  // namespace fc
