// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/language_model.h"

#include <vector>

#include "engine/autograd/linear_of.h"
#include "engine/autograd/ops_attention.h"
#include "engine/autograd/ops_gated.h"
#include "engine/autograd/ops_math.h"
#include "engine/autograd/ops_shape.h"
#include "engine/autograd/tape.h"
#include "engine/base/rng.h"
#include "engine/loss/class_losses.h"
#include "engine/nn/embedding.h"
#include "engine/nn/linear.h"
#include "engine/nn/norm.h"
#include "engine/optim/optimizer.h"

namespace fc::app {

namespace {

constexpr std::int64_t vocabulary = 256;
constexpr std::int64_t width = 256;
constexpr std::int64_t heads = 4;
constexpr std::int64_t feedForward = 704;
constexpr int blockCount = 4;

struct Block {
    explicit Block(const WeightScope& scope)
        : norm1(scope.sub("norm1"), width),
          norm2(scope.sub("norm2"), width),
          qkv(scope.sub("qkv"), width, 3 * width, Bias::No),
          out(scope.sub("out"), width, width, Bias::No),
          gateUp(scope.sub("gate_up"), width, 2 * feedForward, Bias::No),
          down(scope.sub("down"), feedForward, width, Bias::No)
    {
    }

    Tensor operator()(const Tensor& x, const RotaryTable& table) const
    {
        const Tensor y = x + out(selfAttend(qkv(norm1(x)), heads, {.causal = true}, {.table = table}));
        const Tensor inner = linearOf([this, y] { return norm2(y); }, gateUp.weight);
        return y + linearOf([inner] { return swiglu(inner); }, down.weight);
    }

    RmsNorm norm1, norm2;
    Linear qkv, out, gateUp, down;
};

}  // namespace

struct LanguageModel::Parts {
    Parts(std::int64_t length, std::int64_t batchSize)
        : rng(1),
          embedding(WeightScope(weights, rng).sub("embedding"), vocabulary, width),
          norm(WeightScope(weights, rng).sub("norm"), width),
          head(WeightScope(weights, rng).sub("head"), width, vocabulary, Bias::No),
          table(rotaryTable(length, width / heads))
    {
        for (int i = 0; i < blockCount; ++i)
            blocks.emplace_back(WeightScope(weights, rng).sub("block" + std::to_string(i)));
        for (int i = 0; i < 8; ++i)
            texts.push_back(randomBytes({batchSize, length + 1}));
        optimizer = std::make_unique<Optimizer>(OptimizerParams{}, weights);
        gradients.resize(optimizer->weights().size());
    }

    Tensor randomBytes(const Shape& shape)
    {
        Tensor bytes = Tensor::empty(shape);
        for (std::int64_t i = 0; i < bytes.count(); ++i)
            bytes.data()[i] = static_cast<float>(static_cast<int>(rng.uniform() * vocabulary));
        return bytes;
    }

    Tensor logits(const Tensor& bytes) const
    {
        Tensor x = embedding(bytes);
        for (const Block& block : blocks)
            x = block(x, table);
        return head(norm(x));
    }

    Weights weights;
    Rng rng;
    Embedding embedding;
    std::vector<Block> blocks;
    RmsNorm norm;
    Linear head;
    RotaryTable table;
    std::vector<Tensor> texts;  ///< [B, T + 1]: the target of a byte is the next one
    std::size_t next = 0;
    std::unique_ptr<Optimizer> optimizer;
    std::vector<Tensor> gradients;
    Tape tape;
};

LanguageModel::LanguageModel(std::int64_t length, std::int64_t batch)
    : m_parts(std::make_unique<Parts>(length, batch))
{
}

LanguageModel::~LanguageModel() = default;

std::int64_t LanguageModel::parameters() const
{
    return m_parts->weights.count();
}

double LanguageModel::step()
{
    Parts& p = *m_parts;
    const Tensor& text = p.texts[p.next++ % p.texts.size()];
    const Tensor seen = slice(text, 1, 0, text.size(1) - 1).contiguous();
    const Tensor target = reshape(slice(text, 1, 1).contiguous(), {-1});
    p.tape.clear();
    for (const NamedWeight& weight : p.optimizer->weights())
        p.tape.watch(weight.value);
    Tensor loss;
    {
        const TapeScope recording(&p.tape);
        loss = crossEntropy(reshape(p.logits(seen), {-1, vocabulary}), target);
    }
    p.tape.backward(loss);
    for (std::size_t i = 0; i < p.gradients.size(); ++i)
        p.gradients[i] = p.tape.grad(p.optimizer->weights()[i].value);
    const Clipping clipping = p.optimizer->clip({}, p.gradients);
    p.optimizer->step(p.gradients, OptimizerParams().learningRate, clipping);
    return static_cast<double>(loss.item());
}

Tensor LanguageModel::forecast() const
{
    const TapeScope off(nullptr);
    const Tensor& text = m_parts->texts.front();
    return m_parts->logits(slice(slice(text, 0, 0, 1), 1, 0, text.size(1) - 1).contiguous());
}

}  // namespace fc::app
