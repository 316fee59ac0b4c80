// SPDX-License-Identifier: GPL-3.0-or-later
// LSTM: stacked recurrent layers read the window; a ReLU network turns their final state into the whole
// forecast. Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 1997; forget gates of Gers
// et al., 2000.
//
// Each step sees all channels and covariates known then. The forecast is made from the last layer's state
// after the last observation, with the horizon's future covariates behind it, so that step 1 sees everything
// up to now. `decode_from = last_states` is the layout of common libraries, kept to compare with them: step j
// is read from the state h - j steps before the end, so that no step has seen the last h - j observations.
// Weights: encoder.weight_ih_l0, … as torch.nn.LSTM; decoder.0.weight, decoder.0.bias, …; upsample.weight [h,
// L] where last_states has more steps to make than there are states.
#include <optional>

#include "engine/autograd/ops_shape.h"
#include "engine/models/model.h"
#include "engine/models/steps.h"
#include "engine/nn/linear.h"
#include "engine/nn/recurrent.h"

namespace fc {

namespace {

struct LstmParams {
    int hiddenSize = 128;
    int layers = 2;
    double dropout = 0;
    int decoderSize = 128;
    int decoderLayers = 2;
    std::string decodeFrom = "final";

    void describe(ParamVisitor& v)
    {
        v.field(hiddenSize, {.id = "hidden_size",
                             .label = TR("engine", "Hidden size"),
                             .help = TR("engine", "Numbers in the memory of each layer."),
                             .min = 1,
                             .max = 1024,
                             .logScale = true});
        v.field(layers, {.id = "layers",
                         .label = TR("engine", "Layers"),
                         .help = TR("engine", "Recurrent layers, one reading the states of the other."),
                         .min = 1,
                         .max = 8});
        v.field(dropout,
                {.id = "dropout",
                 .label = TR("engine", "Dropout"),
                 .help = TR("engine",
                            "Share of states zeroed between layers in training; needs two layers or more."),
                 .min = 0,
                 .max = 0.9});
        v.field(decoderSize, {.id = "decoder_size",
                              .label = TR("engine", "Decoder size"),
                              .help = TR("engine", "Width of the network that makes the forecast."),
                              .min = 1,
                              .max = 1024,
                              .logScale = true});
        v.field(
            decoderLayers,
            {.id = "decoder_layers",
             .label = TR("engine", "Decoder layers"),
             .help = TR("engine", "Linear maps of the network that makes the forecast, with ReLU between."),
             .min = 1,
             .max = 8});
        v.field(
            decodeFrom,
            {.id = "decode_from",
             .label = TR("engine", "Decode from"),
             .help = TR("engine",
                        "final: the state after the last observation makes every step. last_states: each "
                        "step comes from one of the last states; this sees less of the data (the first step "
                        "misses the newest observations) and is only for comparison with other programs."),
             .choices = {"final", "last_states"}});
    }
};

class LstmModel : public Model {
public:
    LstmModel(const Task& task, const LstmParams& params, Rng& rng)
        : m_task(task),
          m_perStep(params.decodeFrom == "last_states"),
          m_encoder(WeightScope(weights, rng).sub("encoder"), RecurrentKind::Lstm, stepInputSize(task),
                    params.hiddenSize, {.layers = params.layers, .dropout = params.dropout}),
          m_decoder(WeightScope(weights, rng).sub("decoder"),
                    params.hiddenSize + std::int64_t{task.futureCovariates} * (m_perStep ? 1 : task.horizon),
                    params.decoderSize,
                    std::int64_t{task.channels} * task.outputs * (m_perStep ? 1 : task.horizon),
                    params.decoderLayers)
    {
        if (m_perStep && task.horizon > task.length)
            m_upsample.emplace(WeightScope(weights, rng).sub("upsample"), task.length, task.horizon);
    }

    Tensor forward(const Batch& batch, const Pass& pass) const override
    {
        const Tensor x = stepInputs(batch);
        const Tensor y = m_perStep ? m_decoder(withEachStep(lastStates(m_encoder.outputs(x, pass)), batch))
                                   : m_decoder(withHorizon(m_encoder.finalState(x, pass), batch));
        return reshape(y, {x.size(0), m_task.horizon, m_task.channels, m_task.outputs});
    }

private:
    /// states [B, L, hidden] -> [B, h, hidden]
    Tensor lastStates(const Tensor& states) const
    {
        if (m_upsample)
            return transpose((*m_upsample)(transpose(states, 1, 2)), 1, 2);
        return slice(states, 1, m_task.length - m_task.horizon);
    }

    Task m_task;
    bool m_perStep;
    Recurrent m_encoder;
    Mlp m_decoder;
    std::optional<Linear> m_upsample;
};

}  // namespace

ModelEntry lstmModel()
{
    return entry<LstmModel, LstmParams>(
        {.id = "lstm",
         .label = "LSTM",
         .family = "recurrent",
         .paper = "Hochreiter & Schmidhuber, 1997, Long Short-Term Memory",
         .summary = TR(
             "engine",
             "Reads the window step by step into a memory that learns what to keep, and forecasts from it. "
             "Uses covariates; slower than models without recurrence."),
         .capabilities = {.multivariate = true,
                          .pastCovariates = true,
                          .futureCovariates = true,
                          .staticCovariates = true},
         .schema = {},
         .peerValues = {{"hidden_size", std::int64_t{128}},
                        {"layers", std::int64_t{2}},
                        {"dropout", 0.0},
                        {"decoder_size", std::int64_t{128}},
                        {"decoder_layers", std::int64_t{2}},
                        {"decode_from", std::string("last_states")}}});
}

}  // namespace fc
