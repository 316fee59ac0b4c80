// SPDX-License-Identifier: GPL-3.0-or-later
// Weights under the names and layouts of other programs.
#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/atomic_file.h"
#include "engine/io/safetensors_tensors.h"
#include "engine/io/weight_names.h"
#include "engine/models/model.h"
#include "engine/tensor/create.h"
#include "tests/support/model_cases.h"

using namespace fc;

namespace {

using Tensors = std::map<std::string, Tensor>;

template <typename Body>
QString messageOf(Body&& body)
{
    try {
        body();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

std::unique_ptr<Model> modelOf(const std::string& id, const Task& task, std::uint64_t seed)
{
    Rng rng(seed);
    return makeModel(modelEntry(id), task, modelEntry(id).peerValues, rng);
}

/// Weights of these names and shapes, all zero.
struct Zeros {
    explicit Zeros(const std::vector<std::pair<std::string, Shape>>& shapes)
    {
        Rng rng(0);
        for (const auto& [name, shape] : shapes)
            weights.make(name, shape, true, constantInit(0.0F), rng);
    }
    std::vector<float> operator[](const std::string& name) const
    {
        return weights.find(name)->value.values();
    }

    Weights weights;
};

/// A linear layer under `name`, with values that tell it from others.
void addLinear(Tensors& tensors, const std::string& name, float value)
{
    tensors[name + ".weight"] = Tensor::full({2, 2}, value);
    tensors[name + ".bias"] = Tensor::full({2}, value);
}

/// Two or three linear maps "decoder.0" ….
Zeros decoder(int layers)
{
    std::vector<std::pair<std::string, Shape>> shapes;
    for (int i = 0; i < layers; ++i) {
        shapes.push_back({"decoder." + std::to_string(i) + ".weight", Shape{2, 2}});
        shapes.push_back({"decoder." + std::to_string(i) + ".bias", Shape{2}});
    }
    return Zeros(shapes);
}

/// Where PyTorch's modules of the comparison program have what our models have.
struct PeerCase {
    const char* model;
    Task task;
    std::vector<std::pair<std::string, std::string>> names;  ///< ours, theirs
};

const std::vector<PeerCase>& peerCases()
{
    static const std::vector<PeerCase> cases = [] {
        const Task task{.length = 30, .horizon = 6, .channels = 1};
        Task longer = task;
        longer.horizon = 40;
        const std::vector<std::pair<std::string, std::string>> network{
            {"decoder.0.weight", "dec.net.0.weight"},
            {"decoder.0.bias", "dec.net.0.bias"},
            {"decoder.1.weight", "dec.net.2.weight"},
            {"decoder.1.bias", "dec.net.2.bias"}};
        std::vector<std::pair<std::string, std::string>> lstm = network;
        for (const char* layer : {"l0", "l1"})
            for (const char* part : {"weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_"})
                lstm.emplace_back(std::string("encoder.") + part + layer, std::string("enc.") + part + layer);
        auto upsampled = lstm;
        upsampled.emplace_back("upsample.weight", "up.weight");
        upsampled.emplace_back("upsample.bias", "up.bias");
        auto tcn = network;
        tcn.emplace_back("context.weight", "context.weight");
        tcn.emplace_back("context.bias", "context.bias");
        for (const std::string level : {"0", "1", "2"})
            for (const std::string part : {".weight", ".bias"})
                tcn.emplace_back("block" + level + ".conv1" + part, "convs." + level + part);
        return std::vector<PeerCase>{{"dlinear",
                                      task,
                                      {{"trend.weight", "trend.weight"},
                                       {"trend.bias", "trend.bias"},
                                       {"seasonal.weight", "season.weight"},
                                       {"seasonal.bias", "season.bias"}}},
                                     {"lstm", task, lstm},
                                     {"lstm", longer, upsampled},
                                     {"tcn", task, tcn}};
    }();
    return cases;
}

}  // namespace

class WeightNamesTest : public QObject {
    Q_OBJECT

private slots:
    void weightsOfThePeersModulesGiveTheSameForecast_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("prefix");
        for (std::size_t i = 0; i < peerCases().size(); ++i)
            for (const char* prefix : {"", "model.", "module._orig_mod."})
                QTest::addRow("%s %d, %s", peerCases()[i].model, static_cast<int>(i), prefix)
                    << static_cast<int>(i) << prefix;
    }
    /// Through a file: written under the peer's names, mapped, loaded into a model with other weights.
    void weightsOfThePeersModulesGiveTheSameForecast()
    {
        QFETCH(int, index);
        QFETCH(QString, prefix);
        const PeerCase& peer = peerCases()[static_cast<std::size_t>(index)];
        const auto trained = modelOf(peer.model, peer.task, 1);
        const auto fresh = modelOf(peer.model, peer.task, 2);
        const Batch batch = randomBatch(peer.task, 3);
        const Tensor wanted = trained->forward(batch, {});
        QVERIFY(fresh->forward(batch, {}).values() != wanted.values());

        QCOMPARE(peer.names.size(), trained->weights.all().size());
        std::vector<std::pair<std::string, Tensor>> renamed;
        for (const auto& [ours, theirs] : peer.names) {
            QVERIFY2(trained->weights.find(ours) != nullptr, ours.c_str());
            renamed.emplace_back(prefix.toStdString() + theirs, trained->weights.find(ours)->value);
        }
        const QTemporaryDir folder;
        const std::string path = folder.filePath("peer.safetensors").toStdString();
        writeFile(path, writeTensors(renamed, {}));
        const MappedSafetensors file(path, DigestCheck::Verify);
        Tensors tensors;
        for (const StoredTensor& stored : file.file().tensors)
            tensors[stored.name] = file.tensor(stored);
        loadWeights(fresh->weights, tensors, torchWeightNames());
        QCOMPARE(fresh->forward(batch, {}).values(), wanted.values());
    }

    void ourOwnNamesStayAsTheyAre()
    {
        for (const ModelEntry& entry : models()) {
            Rng one(1);
            Rng two(2);
            const Task task{.length = 24, .horizon = 4, .channels = 1};
            const auto trained = makeModel(entry, task, {}, one);
            const auto fresh = makeModel(entry, task, {}, two);
            Tensors tensors;
            for (const NamedWeight& weight : trained->weights.all())
                tensors[weight.name] = weight.value;
            loadWeights(fresh->weights, tensors, torchWeightNames());
            for (const NamedWeight& weight : fresh->weights.all())
                QCOMPARE(weight.value.values(), trained->weights.find(weight.name)->value.values());
        }
    }

    void sequentialsCountTheirActivations_data()
    {
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QVector<int>>("numbers");
        const QVector<int> plain{0, 1, 2};
        const QVector<int> activations{0, 2, 4};
        const QVector<int> withDropout{0, 3, 6};
        QTest::newRow("ours") << "decoder." << plain;
        QTest::newRow("activations") << "decoder." << activations;
        QTest::newRow("activations and dropout") << "decoder." << withDropout;
        QTest::newRow("as .net") << "decoder.net." << activations;
        QTest::newRow("the peer's name") << "dec.net." << activations;
    }
    void sequentialsCountTheirActivations()
    {
        QFETCH(QString, prefix);
        QFETCH(QVector<int>, numbers);
        const Zeros model = decoder(3);
        Tensors tensors;
        for (int i = 0; i < 3; ++i)
            addLinear(tensors, prefix.toStdString() + std::to_string(numbers[i]), static_cast<float>(i + 1));
        loadWeights(model.weights, tensors, torchWeightNames());
        for (int i = 0; i < 3; ++i)
            QCOMPARE(model["decoder." + std::to_string(i) + ".bias"],
                     std::vector<float>(2, static_cast<float>(i + 1)));
    }

    /// Counting starts anew in each module that the pattern's text names.
    void numbersCountWithinTheirModule()
    {
        const Zeros model({{"a.0", {1}}, {"a.1", {1}}, {"b.0", {1}}, {"b.1", {1}}});
        const WeightTable table{.prefixes = {}, .rules = {{"*.net.{n}", "*.{rank}"}}};
        loadWeights(model.weights,
                    {{"a.net.0", Tensor::full({1}, 1)},
                     {"a.net.2", Tensor::full({1}, 2)},
                     {"b.net.1", Tensor::full({1}, 3)},
                     {"b.net.10", Tensor::full({1}, 4)}},
                    table);
        QCOMPARE(model["a.1"], std::vector<float>{2});
        QCOMPARE(model["b.0"], std::vector<float>{3});
        QCOMPARE(model["b.1"], std::vector<float>{4});
    }

    void bothFormsOfWeightNormAreKnown()
    {
        for (const auto& [g, v] :
             {std::pair("weight_g", "weight_v"),
              std::pair("parametrizations.weight.original0", "parametrizations.weight.original1")}) {
            const Zeros model({{"block0.conv1.weight_g", {4, 1, 1}}, {"block0.conv1.weight_v", {4, 2, 3}}});
            loadWeights(model.weights,
                        {{std::string("tcn.network.0.conv1.") + g, Tensor::full({4, 1, 1}, 2)},
                         {std::string("tcn.network.0.conv1.") + v, Tensor::full({4, 2, 3}, 3)},
                         // The published TCN holds each convolution twice.
                         {std::string("tcn.network.0.net.0.") + g, Tensor::full({4, 1, 1}, 2)},
                         {std::string("tcn.network.0.net.0.") + v, Tensor::full({4, 2, 3}, 3)}},
                        torchWeightNames());
            QCOMPARE(model["block0.conv1.weight_g"], std::vector<float>(4, 2.0F));
            QCOMPARE(model["block0.conv1.weight_v"], std::vector<float>(24, 3.0F));
        }
    }

    void transposedMatricesAreTurnedWhenTheTableSaysSo()
    {
        const WeightTable table{
            .prefixes = {},
            .rules = {{"*.c_fc.weight", "*.weight", WeightLayout::Transposed}, {"*.c_fc.bias", "*.bias"}}};
        const Zeros wide({{"h.weight", {3, 2}}, {"h.bias", {3}}});
        const Tensors tensors{{"h.c_fc.weight", Tensor::from({2, 3}, std::array<float, 6>{0, 1, 2, 3, 4, 5})},
                              {"h.c_fc.bias", arange(3)}};
        loadWeights(wide.weights, tensors, table);
        QCOMPARE(wide["h.weight"], (std::vector<float>{0, 3, 1, 4, 2, 5}));
        QCOMPARE(wide["h.bias"], (std::vector<float>{0, 1, 2}));

        // A square one has the same shape either way; only the table can know.
        const Zeros square({{"h.c_fc.weight", {2, 2}}});
        const WeightTable sameName{.prefixes = {},
                                   .rules = {{"*.c_fc.weight", "*.c_fc.weight", WeightLayout::Transposed}}};
        const Tensors one{{"m.h.c_fc.weight", Tensor::from({2, 2}, std::array<float, 4>{0, 1, 2, 3})}};
        WeightTable prefixed = sameName;
        prefixed.prefixes = {"m."};
        loadWeights(square.weights, one, prefixed);
        QCOMPARE(square["h.c_fc.weight"], (std::vector<float>{0, 2, 1, 3}));
    }

    void convolutionsOfKernelOneAreLinear()
    {
        const Zeros model({{"a.weight", {3, 2}}, {"b.weight", {3, 2, 1}}});
        loadWeights(model.weights,
                    {{"a.weight", Tensor::full({3, 2, 1}, 1)}, {"b.weight", Tensor::full({3, 2}, 2)}},
                    torchWeightNames());
        QCOMPARE(model["a.weight"], std::vector<float>(6, 1.0F));
        QCOMPARE(model["b.weight"], std::vector<float>(6, 2.0F));
    }

    void narrowTypesAreConverted()
    {
        const Zeros model({{"a", {3}}, {"b", {3}}});
        loadWeights(model.weights, {{"a", arange(3).to(DType::BF16)}, {"b", arange(3).to(DType::F16)}},
                    torchWeightNames());
        QCOMPARE(model["a"], (std::vector<float>{0, 1, 2}));
        QCOMPARE(model["b"], (std::vector<float>{0, 1, 2}));
    }

    void everythingThatDoesNotFitIsListed()
    {
        const Zeros model({{"decoder.0.weight", {2, 2}},
                           {"decoder.0.bias", {2}},
                           {"decoder.1.weight", {2, 2}},
                           {"head.weight", {4}},
                           {"step", {1}}});
        const QString message = messageOf([&] {
            loadWeights(model.weights,
                        {{"model.dec.net.0.weight", Tensor::full({2, 2}, 1)},
                         {"model.dec.net.0.bias", Tensor::full({3}, 1)},
                         {"model.head.weight", Tensor::full({2, 2}, 1)},
                         {"model.other\n", Tensor::full({5}, 1)},
                         {"model.step", Tensor::zeros({1}, DType::I64)}},
                        torchWeightNames());
        });
        QCOMPARE(message,
                 QString("The weights of the file do not fit the model: "
                         "model.dec.net.0.bias (as decoder.0.bias) is [3] in the file and [2] in the model; "
                         "model.head.weight (as head.weight) is [2, 2] in the file and [4] in the model; "
                         "model.other\\x0a (as other\\x0a) [5] is left over in the file; "
                         "model.step (as step) has whole numbers (i64) in the file; "
                         "decoder.1.weight [2, 2] is missing in the file."));
        QCOMPARE(model["decoder.0.weight"], std::vector<float>(4, 0.0F));
    }

    void twoTensorsForOneWeightMustAgree()
    {
        const Zeros model({{"seasonal.bias", {2}}, {"trend.bias", {2}}});
        const auto load = [&](float other) {
            return messageOf([&] {
                loadWeights(model.weights,
                            {{"season.bias", Tensor::full({2}, 1)},
                             {"Linear_Seasonal.bias", Tensor::full({2}, other)},
                             {"Linear_Trend.bias", Tensor::full({2}, 3)}},
                            torchWeightNames());
            });
        };
        QCOMPARE(load(1), QString());
        QCOMPARE(load(2),
                 QString("The weights of the file do not fit the model: season.bias (as seasonal.bias) "
                         "is in the file twice, with other values."));
    }

    /// Names that begin as a rule does, but are the model's own.
    void namesOfTheModelAreNotRenamed()
    {
        const Zeros model({{"enc.weight", {1}}, {"encoder.weight", {1}}, {"trend.weight", {1}}});
        loadWeights(model.weights,
                    {{"enc.weight", Tensor::full({1}, 1)},
                     {"encoder.weight", Tensor::full({1}, 2)},
                     {"Linear_Trend.weight", Tensor::full({1}, 3)}},
                    torchWeightNames());
        QCOMPARE(model["enc.weight"], std::vector<float>{1});
        QCOMPARE(model["encoder.weight"], std::vector<float>{2});
        QCOMPARE(model["trend.weight"], std::vector<float>{3});
    }

    void hostileNamesAreOnlyNames()
    {
        const Zeros model({{"a", {1}}});
        for (const std::string& name : {std::string("decoder.99999999999999999999.weight"),
                                        std::string("decoder.-1.weight"), std::string("decoder.007.weight"),
                                        std::string(100000, '*'), "decoder." + std::string(100000, '0'),
                                        std::string("{n}.{rank}.*"), std::string("convs."), std::string()})
            QVERIFY(messageOf([&] {
                        loadWeights(model.weights, {{name, Tensor::full({1}, 1)}}, torchWeightNames());
                    }).contains("a [1] is missing in the file"));
    }
};

QTEST_GUILESS_MAIN(WeightNamesTest)
#include "tst_weight_names.moc"
