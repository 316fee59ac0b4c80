// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/settings.h"

namespace fc {

namespace {

ParamValues those(const Schema& schema, const ParamValues& values)
{
    ParamValues picked;
    for (const Param& param : schema) {
        const auto it = values.find(param.spec.id);
        if (it != values.end())
            picked.insert(*it);
    }
    return picked;
}

}  // namespace

Schema recipeSchema()
{
    return schemaOf<Recipe>();
}

Schema planSchema()
{
    return schemaOf<TrainPlan>();
}

Schema trainSchema(const ModelEntry& model)
{
    Schema all = recipeSchema();
    for (const Schema& more : {planSchema(), model.schema}) {
        for (const Param& param : more) {
            if (!find(all, param.spec.id))
                all.push_back(param);
        }
    }
    return all;
}

RunSettings resolveSettings(const ModelEntry& entry, const ParamValues& values)
{
    const Schema schema = trainSchema(entry);
    check(schema, values);
    RunSettings settings;
    settings.all = defaults(schema);
    for (const auto& [id, value] : values)
        settings.all[id] = value;
    settings.recipe = paramsFrom<Recipe>(those(recipeSchema(), settings.all));
    settings.plan = paramsFrom<TrainPlan>(those(planSchema(), settings.all));
    settings.model = those(entry.schema, settings.all);
    return settings;
}

}  // namespace fc
