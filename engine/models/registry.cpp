// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/model.h"

namespace fc {

// One line per model; the function is in the model's own file.
#define MODELS(X)   \
    X(dlinearModel) \
    X(lstmModel)    \
    X(tcnModel)

#define DECLARE_MODEL(function) ModelEntry function();
MODELS(DECLARE_MODEL)
#undef DECLARE_MODEL

namespace {

std::string labelsOf(bool Capabilities::*can)
{
    std::string labels;
    for (const ModelEntry& entry : models())
        if (entry.capabilities.*can)
            labels += (labels.empty() ? "" : ", ") + entry.label;
    return labels;
}

void checkTask(const ModelEntry& entry, const Task& task)
{
    if (task.pastCovariates > 0 && !entry.capabilities.pastCovariates)
        throw UsageError(
            Message(TR("engine",
                       "%1 uses only the target series, but %2 columns of past covariates (features "
                       "known up to now) are given. Leave the features out, or take a model that "
                       "uses them: %3."),
                    entry.label, task.pastCovariates, labelsOf(&Capabilities::pastCovariates)));
    if (task.futureCovariates > 0 && !entry.capabilities.futureCovariates)
        throw UsageError(
            Message(TR("engine",
                       "%1 uses only the target series, but %2 columns of future covariates (features "
                       "known ahead, such as the calendar) are given. Leave the features out, or take "
                       "a model that uses them: %3."),
                    entry.label, task.futureCovariates, labelsOf(&Capabilities::futureCovariates)));
    if (task.staticCovariates > 0 && !entry.capabilities.staticCovariates)
        throw UsageError(
            Message(TR("engine",
                       "%1 uses only what changes with time, but %2 columns of static covariates are given. "
                       "Leave them out, or take a model that uses them: %3."),
                    entry.label, task.staticCovariates, labelsOf(&Capabilities::staticCovariates)));
}

}  // namespace

const std::vector<ModelEntry>& models()
{
#define CALL_MODEL(function) function(),
    static const std::vector<ModelEntry> all = {MODELS(CALL_MODEL)};
#undef CALL_MODEL
    return all;
}

const ModelEntry& modelEntry(std::string_view id)
{
    std::vector<std::string> ids;
    for (const ModelEntry& entry : models()) {
        if (entry.id == id)
            return entry;
        ids.push_back(entry.id);
    }
    const std::string near = nearest(id, ids);
    if (!near.empty())
        throw UsageError(Message(TR("engine", "There is no model \"%1\". The nearest is \"%2\"."), id, near));
    std::string known;
    for (const std::string& each : ids)
        known += (known.empty() ? "" : ", ") + each;
    throw UsageError(Message(TR("engine", "There is no model \"%1\". Known models: %2."), id, known));
}

std::unique_ptr<Model> makeModel(const ModelEntry& entry, const Task& task, const ParamValues& values,
                                 Rng& rng)
{
    check(entry.schema, values);
    checkTask(entry, task);
    return entry.make(task, values, rng);
}

}  // namespace fc
