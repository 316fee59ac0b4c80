// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/models/fit_loss.h"

#include <algorithm>

#include "engine/metrics/metrics.h"

namespace fc {

namespace {

void refuseZeros(const std::string& name, std::span<const double> values)
{
    const auto zeros = std::ranges::count(values, 0.0);
    if (zeros > 0)
        throw UsageError(Message(TR("engine",
                                    "The loss mape divides by the target, but \"%1\" is 0 in %2 rows. Choose "
                                    "smape, mase or mae."),
                                 name, zeros));
}

void refuseNegatives(const std::string& loss, const std::string& name, std::span<const double> values)
{
    const auto negative = std::ranges::find_if(values, [](double x) { return x < 0; });
    if (negative != values.end())
        throw UsageError(
            Message(TR("engine",
                       "The loss %1 is for counts, but \"%2\" has the value %3 in row %4. Choose "
                       "normal or student_t for values below 0."),
                    loss, name, *negative, negative - values.begin() + 1));
}

/// What the unit of the series decides does not go through a scaler that bends it, and what each step says on
/// its own not through sums of changes.
void refuseScaler(const LossSpec& spec, const LossParams& params, const Dataset& dataset,
                  const ColumnScale& scale)
{
    if (scale.isAffine())
        return;
    const std::optional<Distribution> distribution = spec.distribution();
    const std::string& scaler = dataset.recipe.scaler;
    if (scale.differenced && (distribution || spec.kind == LossKind::Quantile))
        throw UsageError(
            Message(TR("engine",
                       "The loss %1 describes each step on its own, but the scaler %2 forecasts changes that "
                       "are summed. Choose a loss for points, such as mse or mae, or the scaler standard."),
                    params.loss, scaler));
    if ((distribution && distribution->isCount()) || spec.kind == LossKind::PercentageError ||
        spec.kind == LossKind::SymmetricPercentageError || spec.kind == LossKind::ScaledError)
        throw UsageError(Message(
            TR("engine",
               "The loss %1 is in the unit of the series, which the scaler %2 bends. Choose the scaler "
               "standard, or a loss such as mse, mae or quantile."),
            params.loss, scaler));
    if (spec.kind == LossKind::StudentT)
        throw UsageError(
            Message(TR("engine",
                       "The tails of the loss student_t are so long that its forecasts under the scaler %1 "
                       "have no mean. Choose normal, laplace or quantile, or the scaler standard."),
                    scaler));
}

/// In scaled units; 0 when the series repeats itself.
double naiveError(const Dataset& dataset, size_t channel)
{
    const auto train = dataset.targets[channel].subspan(static_cast<size_t>(dataset.split.train.begin),
                                                        static_cast<size_t>(dataset.split.train.count()));
    return seasonalScale(train, dataset.season) / dataset.targetScales[channel].scale;
}

}  // namespace

LossSpec fitLoss(const LossParams& params, const Dataset& dataset)
{
    LossSpec spec = lossSpec(params);
    const auto weights = static_cast<int>(spec.horizonWeights.size());
    if (weights != 0 && weights != dataset.task.horizon)
        throw UsageError(Message(TR("engine",
                                    "horizon_weights has %1 numbers, but the horizon is %2. Give one number "
                                    "per forecast step."),
                                 weights, dataset.task.horizon));
    const std::optional<Distribution> distribution = spec.distribution();
    for (size_t c = 0; c < dataset.targets.size(); ++c) {
        const std::string& name = dataset.targetNames[c];
        refuseScaler(spec, params, dataset, dataset.targetScales[c]);
        if (spec.kind == LossKind::PercentageError)
            refuseZeros(name, dataset.targets[c]);
        if (distribution && distribution->isCount())
            refuseNegatives(params.loss, name, dataset.targets[c]);
        const ColumnScale& scale = dataset.targetScales[c];
        ChannelUnit unit =
            scale.isAffine() ? ChannelUnit{.center = scale.center, .scale = scale.scale} : ChannelUnit();
        if (spec.kind == LossKind::ScaledError) {
            unit.naiveError = naiveError(dataset, c);
            if (!(unit.naiveError > 0))
                throw UsageError(
                    Message(TR("engine",
                               "The loss mase has no scale: \"%1\" repeats itself every %2 steps of "
                               "the training part. Choose mae."),
                            name, dataset.season));
        }
        spec.channels.push_back(unit);
        dataset.release();
    }
    return spec;
}

}  // namespace fc
