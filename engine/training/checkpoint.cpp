// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/training/checkpoint.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/base/sha256.h"
#include "engine/io/safetensors_tensors.h"

namespace fc {

namespace {

using Json = nlohmann::json;

constexpr std::string_view optimizerPrefix = "optimizer.";
constexpr std::string_view bestPrefix = "best.";

std::string_view bytesIn(const Tensor& tensor)
{
    return {reinterpret_cast<const char*>(tensor.bytes()),
            static_cast<size_t>(tensor.count() * bytesOf(tensor.dtype()))};
}

StoredTensor stored(const std::string& name, const Tensor& tensor)
{
    const auto sizes = tensor.shape().sizes();
    return {.name = name,
            .dtype = safetensorsType(tensor.dtype()),
            .shape = {sizes.begin(), sizes.end()},
            .bytes = bytesIn(tensor)};
}

constexpr std::array namedWarps = {std::pair("log", Warp::Log), std::pair("box_cox", Warp::BoxCox),
                                   std::pair("yeo_johnson", Warp::YeoJohnson),
                                   std::pair("asinh", Warp::Asinh)};

/// A pair for those that older programs know, else an object.
Json scaleJson(const ColumnScale& scale)
{
    if (scale.isAffine())
        return {scale.center, scale.scale};
    Json json = {{"center", scale.center}, {"scale", scale.scale}, {"differenced", scale.differenced}};
    const auto warp = std::ranges::find(namedWarps, scale.warp, [](const auto& each) { return each.second; });
    if (warp == namedWarps.end())
        return json;
    json["warp"] = warp->first;
    json["origin"] = scale.origin;
    json["unit"] = scale.unit;
    json["shape"] = scale.shape;
    if (std::isfinite(scale.highest))
        json["highest"] = scale.highest;
    return json;
}

Json scalesJson(const std::vector<ColumnScale>& scales)
{
    Json list = Json::array();
    for (const ColumnScale& scale : scales)
        list.push_back(scaleJson(scale));
    return list;
}

ColumnScale scaleFrom(const Json& json)
{
    if (json.is_array())
        return {json.at(0).get<double>(), json.at(1).get<double>()};
    ColumnScale scale{.center = json.at("center"), .scale = json.at("scale")};
    scale.differenced = json.at("differenced");
    if (!json.contains("warp"))
        return scale;
    const auto name = json.at("warp").get<std::string>();
    const auto warp = std::ranges::find(namedWarps, name, [](const auto& each) { return each.first; });
    if (warp == namedWarps.end())
        throw Error(Message(
            TR("engine", "The checkpoint has the scaler \"%1\", which this program does not know."), name));
    scale.warp = warp->second;
    scale.origin = json.at("origin");
    scale.unit = json.at("unit");
    scale.shape = json.at("shape");
    scale.highest = json.value("highest", scale.highest);
    return scale;
}

std::vector<ColumnScale> scalesFrom(const Json& list)
{
    std::vector<ColumnScale> scales;
    for (const Json& each : list)
        scales.push_back(scaleFrom(each));
    return scales;
}

Json fittedJson(const FittedScales& scales)
{
    Json json = {{"targets", scalesJson(scales.targets)},
                 {"past", scalesJson(scales.past)},
                 {"future", scalesJson(scales.future)}};
    if (!scales.statics.empty())
        json["static"] = scalesJson(scales.statics);
    for (const FittedScales& other : scales.others)
        json["others"].push_back(fittedJson(other));
    return json;
}

FittedScales fittedFrom(const Json& json)
{
    FittedScales scales{scalesFrom(json.at("targets")), scalesFrom(json.at("past")),
                        scalesFrom(json.at("future"))};
    if (json.contains("static"))
        scales.statics = scalesFrom(json.at("static"));
    if (json.contains("others")) {
        for (const Json& other : json.at("others"))
            scales.others.push_back(fittedFrom(other));
    }
    return scales;
}

Json plateauJson(const PlateauState& state)
{
    const bool hasSeen = std::isfinite(state.best);
    return {{"rate", state.rate},
            {"best", hasSeen ? Json(state.best) : Json()},
            {"bad_validations", state.badValidations},
            {"cooldown", state.cooldown}};
}

/// Checkpoints from before there was this schedule have none.
PlateauState plateauFrom(const Json& json)
{
    PlateauState state;
    if (!json.contains("plateau"))
        return state;
    const Json& plateau = json.at("plateau");
    state.rate = plateau.at("rate");
    if (plateau.at("best").is_number())
        state.best = plateau.at("best");
    state.badValidations = plateau.at("bad_validations");
    state.cooldown = plateau.at("cooldown");
    return state;
}

Json stateJson(const TrainState& state)
{
    return {{"step", state.step},
            {"best_step", state.bestStep},
            {"best_loss", state.bestLoss},
            {"validations_since_best", state.validationsSinceBest},
            {"loss_sum", state.lossSum},
            {"loss_count", state.lossCount},
            {"learning_rate_factor", state.learningRateFactor},
            {"validated_step", state.validatedStep},
            {"train_loss", state.trainLoss},
            {"seconds", state.seconds},
            {"plateau", plateauJson(state.plateau)}};
}

TrainState stateFrom(const Json& json)
{
    return {.step = json.at("step"),
            .bestStep = json.at("best_step"),
            .bestLoss = json.at("best_loss"),
            .validationsSinceBest = json.at("validations_since_best"),
            .lossSum = json.at("loss_sum"),
            .lossCount = json.at("loss_count"),
            .learningRateFactor = json.at("learning_rate_factor"),
            .validatedStep = json.at("validated_step"),
            .trainLoss = json.at("train_loss"),
            .seconds = json.at("seconds"),
            .plateau = plateauFrom(json)};
}

Json metadata(const SafetensorsFile& file, const char* key)
{
    const auto it = file.metadata.find(key);
    const Json json = it == file.metadata.end() ? Json() : Json::parse(it->second, nullptr, false);
    if (json.is_null() || json.is_discarded())
        throw Error(
            Message(TR("engine",
                       "The checkpoint has no readable \"%1\": it was not written by Forecastle, or it "
                       "is damaged."),
                    key));
    return json;
}

bool startsWith(const std::string& text, std::string_view prefix)
{
    return text.compare(0, prefix.size(), prefix) == 0;
}

/// Tensors that a checkpoint must hold, by the name they have there.
using Targets = std::map<std::string, Tensor>;

/// Every way in which the file and the targets differ.
std::string mismatches(const SafetensorsFile& file, const Targets& targets)
{
    std::string list;
    const auto note = [&](const std::string& text) { list += (list.empty() ? "" : "; ") + text; };
    std::map<std::string, const StoredTensor*> found;
    for (const StoredTensor& tensor : file.tensors)
        found[tensor.name] = &tensor;
    for (const auto& [name, target] : targets) {
        const auto it = found.find(name);
        if (it == found.end()) {
            note(name + " is missing");
            continue;
        }
        const Shape shape(std::span<const std::int64_t>(it->second->shape));
        const std::string type = safetensorsType(target.dtype());
        if (it->second->dtype != type || !(shape == target.shape()))
            note(name + " is " + it->second->dtype + " " + print(shape) + ", the model has " + type + " " +
                 print(target.shape()));
        found.erase(it);
    }
    for (const auto& [name, tensor] : found) {
        if (!startsWith(name, optimizerPrefix) && !startsWith(name, bestPrefix))
            note(name + " is not part of the model");
    }
    return list;
}

void restore(const SafetensorsFile& file, Targets& targets)
{
    const std::string problems = mismatches(file, targets);
    if (!problems.empty())
        throw Error(Message(TR("engine", "The checkpoint does not fit the model: %1."), problems));
    for (const StoredTensor& tensor : file.tensors) {
        const auto it = targets.find(tensor.name);
        if (it != targets.end())
            std::memcpy(it->second.bytes(), tensor.bytes.data(), tensor.bytes.size());
    }
}

Targets weightTargets(const Weights& weights)
{
    Targets targets;
    for (const NamedWeight& weight : weights.all())
        targets[weight.name] = weight.value;
    return targets;
}

}  // namespace

std::string writeCheckpoint(const Trainable& run, const Optimizer& optimizer, const WeightCopies& best,
                            const TrainState& state)
{
    std::vector<StoredTensor> tensors;
    for (const NamedWeight& weight : run.model->weights.all())
        tensors.push_back(stored(weight.name, weight.value));
    for (const auto& [name, tensor] : optimizer.state())
        tensors.push_back(stored(std::string(optimizerPrefix) + name, tensor));
    if (state.bestStep != state.step) {
        for (const auto& [name, tensor] : best)
            tensors.push_back(stored(std::string(bestPrefix) + name, tensor));
    }
    const Dataset& data = *run.dataset;
    const Json scales = fittedJson(scalesOf(data));
    const Json task = {{"length", run.task.length},
                       {"horizon", run.task.horizon},
                       {"channels", run.task.channels},
                       {"past_covariates", run.task.pastCovariates},
                       {"future_covariates", run.task.futureCovariates},
                       {"static_covariates", run.task.staticCovariates},
                       {"outputs", run.task.outputs}};
    return writeSafetensors(tensors, {{"fc.format", "1"},
                                      {"fc.model", run.entry->id},
                                      {"fc.params", toJson(run.modelValues)},
                                      {"fc.plan", toJson(valuesOf(run.plan))},
                                      {"fc.recipe", toJson(valuesOf(data.recipe))},
                                      {"fc.task", task.dump()},
                                      {"fc.scales", scales.dump()},
                                      {"fc.series", Json(seriesNames(data)).dump()},
                                      {"fc.series_sha256", Json(run.seriesHash).dump()},
                                      {"fc.state", stateJson(state).dump()}});
}

TrainState restoreCheckpoint(const std::string& bytes, Trainable& run, Optimizer& optimizer,
                             WeightCopies& best)
{
    const SafetensorsFile file = parseSafetensors(bytes);
    const TrainState state = stateFrom(metadata(file, "fc.state"));
    Targets targets = weightTargets(run.model->weights);
    for (const auto& [name, tensor] : optimizer.state())
        targets[std::string(optimizerPrefix) + name] = tensor;
    best.clear();
    if (state.bestStep > 0 && state.bestStep != state.step) {
        for (const NamedWeight& weight : run.model->weights.all()) {
            best[weight.name] = Tensor::empty(weight.value.shape(), weight.value.dtype());
            targets[std::string(bestPrefix) + weight.name] = best[weight.name];
        }
    }
    restore(file, targets);
    if (state.bestStep > 0 && state.bestStep == state.step) {
        for (const NamedWeight& weight : run.model->weights.all())
            best[weight.name] = weight.value.clone();
    }
    optimizer.setStepCount(state.step);
    return state;
}

void restoreWeights(const std::string& bytes, Trainable& run)
{
    const SafetensorsFile file = parseSafetensors(bytes);
    Targets targets = weightTargets(run.model->weights);
    restore(file, targets);
}

TrainState checkpointState(const std::string& bytes)
{
    return stateFrom(metadata(parseSafetensors(bytes), "fc.state"));
}

CheckpointSource checkpointSource(const std::string& bytes)
{
    const SafetensorsFile file = parseSafetensors(bytes);
    CheckpointSource source;
    for (const char* key : {"fc.recipe", "fc.plan", "fc.params"})
        source.settings.merge(paramsFromJson(metadata(file, key).dump()));
    const auto model = file.metadata.find("fc.model");
    const Json series = metadata(file, "fc.series"), hash = metadata(file, "fc.series_sha256");
    if (model == file.metadata.end() || !series.is_string() || !hash.is_string())
        throw Error(
            Message(TR("engine", "The checkpoint does not say which model and series it belongs to.")));
    source.model = model->second;
    source.series = series.get<std::string>();
    source.seriesHash = hash.get<std::string>();
    return source;
}

std::string bestOfCheckpoint(const std::string& bytes)
{
    const SafetensorsFile file = parseSafetensors(bytes);
    std::vector<StoredTensor> best;
    for (const StoredTensor& tensor : file.tensors) {
        if (startsWith(tensor.name, bestPrefix)) {
            best.push_back(tensor);
            best.back().name = tensor.name.substr(bestPrefix.size());
        }
    }
    if (best.empty())
        return {};
    TrainState state = stateFrom(metadata(file, "fc.state"));
    state.step = state.bestStep;
    auto metadataOfBest = file.metadata;
    metadataOfBest["fc.state"] = stateJson(state).dump();
    return writeSafetensors(best, metadataOfBest);
}

FittedScales checkpointScales(const std::string& bytes)
{
    const Json json = metadata(parseSafetensors(bytes), "fc.scales");
    try {
        return fittedFrom(json);
    } catch (const Json::exception&) {
        throw Error(Message(TR("engine", "The checkpoint's scales are not whole: it is damaged.")));
    }
}

std::string weightsDigest(const Weights& weights)
{
    std::vector<const NamedWeight*> sorted;
    for (const NamedWeight& weight : weights.all())
        sorted.push_back(&weight);
    std::ranges::sort(sorted, {}, [](const NamedWeight* weight) { return weight->name; });
    Sha256 hash;
    for (const NamedWeight* weight : sorted)
        hash.add(bytesIn(weight->value));
    return hash.hex();
}

std::string weightsDigest(const std::string& checkpointBytes)
{
    SafetensorsFile file = parseSafetensors(checkpointBytes);
    std::ranges::sort(file.tensors, {}, &StoredTensor::name);
    Sha256 hash;
    for (const StoredTensor& tensor : file.tensors) {
        if (!startsWith(tensor.name, optimizerPrefix) && !startsWith(tensor.name, bestPrefix))
            hash.add(tensor.bytes);
    }
    return hash.hex();
}

}  // namespace fc
