// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/autograd/ops_shape.h"
#include "engine/nn/attention.h"
#include "engine/nn/gated.h"
#include "engine/nn/transformer.h"
#include "tests/engine/golden_module.h"

namespace fc {

namespace {

/// The masks of a case under torch's names: flags hide, numbers are added to the scores.
AttentionMasks masksOf(const GoldenCase& golden, const GoldenValues& v, const std::string& pairs,
                       const std::string& keys, std::int64_t heads)
{
    AttentionMasks masks{.causal = golden.setting("is_causal", false) && !v.contains(pairs)};
    if (const auto found = v.find(pairs); found != v.end()) {
        Tensor mask = found->second;
        if (mask.rank() == 3)
            mask = reshape(mask, {mask.size(0) / heads, heads, mask.size(1), mask.size(2)});
        (golden.inputs.at(pairs).dtype == "float64" ? masks.bias : masks.hidden) = mask;
    }
    if (const auto found = v.find(keys); found != v.end()) {
        if (golden.inputs.at(keys).dtype == "float64")
            masks.bias = unsqueeze(unsqueeze(found->second, 1), 1);
        else
            masks.keyPadding = found->second;
    }
    return masks;
}

std::optional<Differences> runAttention(const GoldenCase& golden)
{
    const auto widthOf = [&](const char* name) {
        return golden.params.contains(name) ? golden.params.at(name).shape[1] : std::int64_t{0};
    };
    const std::int64_t heads = golden.config.at("num_heads");
    const bool isBatchFirst = golden.setting("batch_first", true);
    const auto turned = [&](const Tensor& x) { return isBatchFirst ? x : transpose(x, 0, 1); };
    Differences withoutWeights;
    Differences differences = checkModule(
        golden,
        [&](const WeightScope& scope) {
            return MultiHeadAttention(scope, golden.config.at("embed_dim"),
                                      {.heads = heads,
                                       .bias = golden.params.contains("in_proj_bias"),
                                       .keyWidth = widthOf("k_proj_weight"),
                                       .valueWidth = widthOf("v_proj_weight")});
        },
        [&](const MultiHeadAttention& layer, const GoldenValues& v) {
            const Tensor query = turned(v.at("query"));
            const Tensor key = v.contains("key") ? turned(v.at("key")) : query;
            const Tensor value = v.contains("value") ? turned(v.at("value")) : key;
            const AttentionMasks masks = masksOf(golden, v, "attn_mask", "key_padding_mask", heads);
            const auto wanted = golden.outputs.find("attn_weights");
            const bool isPerHead = wanted != golden.outputs.end() && wanted->second.shape.rank() == 4;
            const MultiHeadAttention::Result result =
                layer.run(query, key, value, masks, {},
                          isPerHead ? AttentionWeights::PerHead : AttentionWeights::Averaged);
            // Without weights another operation does the work.
            const std::string difference =
                fc::difference("y without weights", turned(layer(query, key, value, masks, {})),
                               golden.outputs.at("y"), golden);
            if (!difference.empty())
                withoutWeights.push_back(difference);
            return GoldenValues{{"y", turned(result.values)}, {"attn_weights", result.weights}};
        });
    differences.insert(differences.end(), withoutWeights.begin(), withoutWeights.end());
    return differences;
}

TransformerOptions transformerOptions(const GoldenCase& golden)
{
    return {.heads = golden.config.at("nhead"),
            .feedForward = golden.config.at("dim_feedforward"),
            .activation = golden.config.at("activation") == "gelu" ? Activation::Gelu : Activation::Relu,
            .normFirst = golden.config.at("norm_first"),
            .eps = golden.setting("eps", 1e-5F),
            .bias = golden.params.contains("linear1.bias")};
}

std::optional<Differences> runEncoderLayer(const GoldenCase& golden)
{
    const TransformerOptions options = transformerOptions(golden);
    return checkModule(
        golden,
        [&](const WeightScope& scope) {
            return TransformerEncoderLayer(scope, golden.config.at("d_model"), options);
        },
        [&](const TransformerEncoderLayer& layer, const GoldenValues& v) {
            const AttentionMasks masks = masksOf(golden, v, "attn_mask", "key_padding_mask", options.heads);
            return GoldenValues{{"y", layer(v.at("x"), masks, {})}};
        });
}

std::optional<Differences> runDecoderLayer(const GoldenCase& golden)
{
    const TransformerOptions options = transformerOptions(golden);
    return checkModule(
        golden,
        [&](const WeightScope& scope) {
            return TransformerDecoderLayer(scope, golden.config.at("d_model"), options);
        },
        [&](const TransformerDecoderLayer& layer, const GoldenValues& v) {
            const TransformerDecoderLayer::Masks masks{
                .own = masksOf(golden, v, "attn_mask", "key_padding_mask", options.heads),
                .memory = masksOf(golden, v, "memory_mask", "memory_key_padding_mask", options.heads)};
            return GoldenValues{{"y", layer(v.at("x"), v.at("memory"), masks, {})}};
        });
}

std::optional<Differences> runGatedResidual(const GoldenCase& golden)
{
    const bool hasContext = golden.params.contains("context.weight");
    return checkModule(
        golden,
        [&](const WeightScope& scope) {
            return GatedResidualNetwork(
                scope, golden.config.at("input"), golden.config.at("hidden"), golden.config.at("output"),
                {.context = hasContext ? golden.params.at("context.weight").shape[1] : std::int64_t{0},
                 .eps = golden.setting("eps", 1e-5F)});
        },
        [&](const GatedResidualNetwork& layer, const GoldenValues& v) {
            return GoldenValues{{"y", layer(v.at("x"), hasContext ? v.at("c") : Tensor(), {})}};
        });
}

std::optional<Differences> runSwiGlu(const GoldenCase& golden)
{
    return checkModule(
        golden,
        [&](const WeightScope& scope) {
            return SwiGlu(scope, golden.config.at("d_model"), golden.config.at("hidden"));
        },
        [](const SwiGlu& layer, const GoldenValues& v) {
            return GoldenValues{{"y", layer(v.at("x"))}};
        });
}

}  // namespace

std::optional<Differences> runModuleCase(const GoldenCase& golden)
{
    const std::map<std::string, std::optional<Differences> (*)(const GoldenCase&)> runners = {
        {"mha", runAttention},
        {"transformer_encoder_layer", runEncoderLayer},
        {"transformer_decoder_layer", runDecoderLayer},
        {"grn", runGatedResidual},
        {"swiglu", runSwiGlu},
    };
    const auto runner = runners.find(golden.op());
    return runner == runners.end() ? std::nullopt : runner->second(golden);
}

}  // namespace fc
