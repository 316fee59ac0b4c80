// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/features/dataset.h"

namespace fc {

namespace {

void describeCovariates(Recipe& recipe, ParamVisitor& v)
{
    v.field(
        recipe.pastCovariates,
        {.id = "past_covariates",
         .label = TR("engine", "Past covariates"),
         .help = TR("engine",
                    "Columns of the series that the model sees up to now besides the targets, separated by "
                    "commas.")});
    v.field(
        recipe.futureCovariates,
        {.id = "future_covariates",
         .label = TR("engine", "Future covariates"),
         .help = TR("engine",
                    "Columns whose values are known ahead, such as holidays or planned prices, separated "
                    "by commas. The series must have their values for the rows to be forecast: rows behind "
                    "the last target, whose target is empty.")});
    v.field(recipe.staticCovariates,
            {.id = "static_covariates",
             .label = TR("engine", "Static covariates"),
             .help = TR("engine",
                        "Columns with one value for the whole series, which tell several series apart, "
                        "separated by commas.")});
}

void describeSeveral(Recipe& recipe, ParamVisitor& v)
{
    v.field(
        recipe.sampling,
        {.id = "sampling",
         .label = TR("engine", "Sampling"),
         .help = TR("engine",
                    "Which windows of several series make an epoch. window: each once. series: each series "
                    "equally often. scale: each series by its mean absolute level."),
         .choices = {"window", "series", "scale"}});
    v.field(recipe.padShort,
            {.id = "pad_short",
             .label = TR("engine", "Pad short series"),
             .help = TR("engine",
                        "A series too short for one window gets missing rows in front instead of being "
                        "refused.")});
}

}  // namespace

void Recipe::describe(ParamVisitor& v)
{
    v.field(length, {.id = "length",
                     .label = TR("engine", "Look-back"),
                     .help = TR("engine", "How many rows the model sees before each forecast."),
                     .min = 1,
                     .max = 10000,
                     .unit = "rows",
                     .logScale = true});
    v.field(horizon, {.id = "horizon",
                      .label = TR("engine", "Horizon"),
                      .help = TR("engine", "How many rows ahead the model forecasts."),
                      .min = 1,
                      .max = 10000,
                      .unit = "rows",
                      .logScale = true});
    v.field(targets,
            {.id = "targets",
             .label = TR("engine", "Targets"),
             .help = TR("engine",
                        "Columns to forecast, separated by commas. Empty is the closing price, or the "
                        "first column of a series without one.")});
    v.field(features,
            {.id = "features",
             .label = TR("engine", "Features"),
             .help = TR("engine",
                        "What the model sees besides the targets, such as \"rsi(period=14), "
                        "calendar()\". Each value is computed from its row and earlier rows only.")});
    describeCovariates(*this, v);
    v.field(scaler, {.id = "scaler",
                     .label = TR("engine", "Scaler"),
                     .help = TR("engine",
                                "Unit in which the model sees the data, taken from the training part alone. "
                                "standard: mean and standard deviation. minmax: 0 to 1. robust: median and "
                                "inter-quartile range. max_abs: the largest value is 1. log, box_cox: "
                                "logarithm or likeliest power of targets above 0, then standard; their "
                                "forecast of a point is that of a median. yeo_johnson, asinh: the same for "
                                "any value. difference, log_difference: changes of the targets from row to "
                                "row, or of their logarithm; the forecast is the last value and their sum. "
                                "revin, revin_last: standard, and each window is also centered on its own "
                                "mean or last value. window_standard, window_robust: standard, and each "
                                "window has its own mean and standard deviation, or median and median "
                                "deviation. Features are standardised where only targets can be scaled "
                                "so."),
                     .choices = scalerNames()});
    v.field(split, {.id = "split",
                    .label = TR("engine", "Split"),
                    .help = TR("engine",
                               "Training, validation and test part in the order of time: three fractions "
                               "(0.7,0.15,0.15), three row counts, or the two dates on which validation and "
                               "test begin.")});
    v.field(purge, {.id = "purge",
                    .label = TR("engine", "Purge"),
                    .help = TR("engine",
                               "Rows left out at the end of a part that another follows. Windows never reach "
                               "into the next part with their targets; this is for targets that themselves "
                               "look ahead, such as the return of the next ten rows."),
                    .min = 0,
                    .max = 100000,
                    .unit = "rows"});
    v.field(embargo,
            {.id = "embargo",
             .label = TR("engine", "Embargo"),
             .help = TR("engine",
                        "Rows left out at the start of a part that follows another, so that what the "
                        "earlier one still echoes is not scored. The look-back may reach over them."),
             .min = 0,
             .max = 100000,
             .unit = "rows"});
    v.field(fill, {.id = "fill",
                   .label = TR("engine", "Missing values"),
                   .help = TR("engine",
                              "What the model sees where a value of the past is missing. last: the last "
                              "value before it in the window. mean: the mean of the values before it in the "
                              "window. Missing targets never count in losses and metrics."),
                   .choices = {"last", "mean"}});
    describeSeveral(*this, v);
    v.field(season, {.id = "season",
                     .label = TR("engine", "Season"),
                     .help = TR("engine",
                                "Rows after which the pattern repeats, for the seasonal-naive baseline and "
                                "MASE. 0 takes it from the frequency of the series."),
                     .min = 0,
                     .max = 100000,
                     .unit = "rows"});
}

}  // namespace fc
