// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <unistd.h>

#include "engine/base/atomic_file.h"
#include "engine/base/rng.h"
#include "engine/io/safetensors.h"
#include "engine/io/safetensors_tensors.h"
#include "engine/tensor/create.h"

using namespace fc;

namespace {

std::string littleEndian(std::uint64_t n)
{
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &n, 8);
    return bytes;
}

std::string withHeader(const std::string& header, const std::string& data)
{
    return littleEndian(header.size()) + header + data;
}

template <typename T>
std::string_view bytesOf(const std::vector<T>& values)
{
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// "a F32 2x3 24 bytes; ..." in the order of the bytes.
std::string print(const SafetensorsFile& file)
{
    std::string text;
    for (const StoredTensor& tensor : file.tensors) {
        std::string shape;
        for (const std::int64_t n : tensor.shape)
            shape += (shape.empty() ? "" : "x") + std::to_string(n);
        text += tensor.name + " " + tensor.dtype + " " + shape + " " + std::to_string(tensor.bytes.size()) +
                " bytes; ";
    }
    return text;
}

/// A small checkpoint as the program writes it; the values live as long as the object.
struct Sample {
    std::vector<float> weight{1, 2, 3, 4, 5, 6};
    std::vector<double> mean{0.5, -1e300};
    std::vector<std::uint8_t> flags{1, 0, 1};
    std::vector<std::int64_t> step{-42};

    std::vector<StoredTensor> tensors() const
    {
        return {{"flags", "U8", {3}, bytesOf(flags)},
                {"layer.weight", "F32", {2, 3}, bytesOf(weight)},
                {"mean \"ü\" \n", "F64", {2}, bytesOf(mean)},
                {"step", "I64", {}, bytesOf(step)}};
    }
    std::string bytes() const
    {
        return writeSafetensors(tensors(), {{"model", "mlp"}, {"note", "Größe\t€"}});
    }
};

/// Code of the first problem, or "sound".
std::string verdict(const std::string& bytes)
{
    // On the heap and exactly as long, so that the address checker sees a read past the end.
    const std::vector<char> exact(bytes.begin(), bytes.end());
    SafetensorsFile file;
    const auto problems = inspectSafetensors({exact.data(), exact.size()}, file);
    return problems.empty() ? "sound" : problems.front().code;
}

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

/// What this process holds in memory, in bytes.
std::int64_t residentBytes()
{
    std::ifstream status("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    status >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

template <typename T>
std::vector<T> stored(const Tensor& x)
{
    std::vector<T> values(static_cast<std::size_t>(x.count()));
    std::memcpy(values.data(), x.bytes(), values.size() * sizeof(T));
    return values;
}

/// Two tensors of each type that tensors can have, holding 0 and 1.
std::vector<std::pair<std::string, Tensor>> allTypes()
{
    std::vector<std::pair<std::string, Tensor>> tensors;
    const std::array<std::int64_t, 2> rows{3, 1};
    const std::array<std::int64_t, 2> columns{1, 2};
    const Tensor x = arange(6).view({2, 3}, rows).to(DType::Bool);
    for (int type = 0; type < dtypeCount; ++type) {
        const Tensor y = x.to(static_cast<DType>(type));
        tensors.emplace_back(print(y.dtype()), y);
        tensors.emplace_back(print(y.dtype()) + " transposed", y.view({2, 3}, columns));
    }
    return tensors;
}

}  // namespace

class SafetensorsTest : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenIsReadBack()
    {
        const Sample sample;
        const std::string bytes = sample.bytes();
        const SafetensorsFile file = parseSafetensors(bytes);
        QCOMPARE(print(file),
                 "mean \"ü\" \n F64 2 16 bytes; step I64  8 bytes; layer.weight F32 2x3 24 bytes; flags U8 3 "
                 "3 bytes; ");
        QCOMPARE(file.metadata.at("model"), "mlp");
        QCOMPARE(file.metadata.at("note"), "Größe\t€");
        QVERIFY(file.tensors[0].bytes == bytesOf(sample.mean));
        QVERIFY(file.tensors[1].bytes == bytesOf(sample.step));
        QVERIFY(file.tensors[2].bytes == bytesOf(sample.weight));
        QVERIFY(file.tensors[3].bytes == bytesOf(sample.flags));
    }

    void everyTensorIsAligned()
    {
        const std::string bytes = Sample().bytes();
        for (const StoredTensor& tensor : parseSafetensors(bytes).tensors) {
            const std::size_t at = static_cast<std::size_t>(tensor.bytes.data() - bytes.data());
            QCOMPARE(at % (tensor.dtype == "F32" ? 4 : tensor.dtype == "U8" ? 1 : 8), 0U);
        }
    }

    void sameContentGivesTheSameDigestWhateverTheLayout()
    {
        const std::string a = withHeader(
            R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
            "XY");
        const std::string b = withHeader(
            R"({ "y":{"shape":[1],"dtype":"U8","data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}} )",
            "YX");
        QCOMPARE(safetensorsDigest(parseSafetensors(a)), safetensorsDigest(parseSafetensors(b)));
        // printf '{"x":{"dtype":"U8","shape":[1]},"y":{"dtype":"U8","shape":[1]}}XY' | sha256sum
        QCOMPARE(safetensorsDigest(parseSafetensors(a)),
                 "1249cca7fd4916fac9beeca4253c6e9356c157b887dd51d39480c6a6b9e385ff");
    }

    void faultsHaveTheirCodes_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QString>("code");
        const auto row = [](const char* header, const char* code) {
            QTest::newRow(header) << QByteArray(header) << code;
        };
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "sound");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   )", "sound");
        row(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})", "sound");
        row(R"({"a":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
            "sound");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})", "not_json");
        row(R"( {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "not_json");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x)", "not_json");
        row("{\"\xff\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "not_json");
        row(R"([])", "not_json");
        row(R"({"a":[]})", "bad_entry");
        row(R"({"a":null})", "bad_entry");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", "unknown_field");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "duplicate_key");
        row(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "duplicate_key");
        row(R"({"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "duplicate_key");
        row(R"({"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "metadata_not_text");
        row(R"({"__metadata__":{"k":{}},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "metadata_not_text");
        row(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", "missing_field");
        row(R"({"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}})", "unknown_dtype");
        row(R"({"a":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}})", "bad_dtype");
        row(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", "bad_shape");
        row(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})",
            "shape_overflow");
        row(R"({"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})", "shape_overflow");
        row(R"({"a":{"dtype":"F64","shape":[1],"data_offsets":[0,4]}})", "size_mismatch");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}})", "bad_offsets");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}})", "bad_offsets");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", "bad_offsets");
        row(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", "bad_offsets");
        row(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "bad_offsets");
        row(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
            "overlap");
        row(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
            "hole");
        row(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "trailing_bytes");
        row(R"({"__metadata__":{"fc.sha256":"0"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "digest_mismatch");
        row(R"({"fc.sha256":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
            "digest_missing");
    }
    void faultsHaveTheirCodes()
    {
        QFETCH(const QByteArray, header);
        QFETCH(const QString, code);
        QCOMPARE(QString::fromStdString(verdict(withHeader(header.toStdString(), "data"))), code);
    }

    void impossibleLengthsAreRefused()
    {
        const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        QCOMPARE(verdict(""), "too_short");
        QCOMPARE(verdict("1234567"), "too_short");
        QCOMPARE(verdict(littleEndian(0)), "not_json");
        QCOMPARE(verdict(littleEndian(header.size() + 5) + header + "data"), "header_beyond_file");
        QCOMPARE(verdict(littleEndian(header.size() - 1) + header + "data"), "not_json");
        QCOMPARE(verdict(littleEndian(header.size() + 1) + header + std::string(4, '\0')), "not_json");
        for (const std::uint64_t length :
             {std::uint64_t{1} << 32, std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{7}})
            QCOMPARE(verdict(littleEndian(length) + header + "data"), "header_too_long");
    }

    void deepNestingDoesNotExhaustTheStack()
    {
        QCOMPARE(verdict(withHeader("{\"a\":" + std::string(1000000, '['), "")), "bad_entry");
        QCOMPARE(verdict(withHeader("{\"a\":{\"shape\":" + std::string(1000000, '['), "")), "bad_shape");
    }

    void messagesNameTheTensorWithoutControlCharacters()
    {
        const std::string name = "\\u001b[31m\\u202e\\u009b" + std::string(500, 'n');
        const std::string entry = R"({"dtype":"?","shape":[],"data_offsets":[0,4]})";
        const std::string bytes = withHeader("{\"" + name + "\":" + entry + "}", "data");
        SafetensorsFile file;
        const auto problems = inspectSafetensors(bytes, file);
        QCOMPARE(problems.size(), 1U);
        const QString text = QString::fromStdString(problems[0].text);
        QVERIFY2(text.startsWith("The tensor \"\\x1b[31m\\xe2\\x80\\xae\\xc2\\x9bnnn"), qPrintable(text));
        QVERIFY2(text.endsWith("n…\" has the unknown type \"?\"."), qPrintable(text));
        QVERIFY(text.size() < 200);
        QVERIFY_THROWS_EXCEPTION(Error, parseSafetensors(bytes));
    }

    void manyFaultsAreCutToTwenty()
    {
        const std::string entry = R"({"dtype":"?","shape":[],"data_offsets":[0,0]})";
        std::string header = "{\"t\":" + entry;
        for (int i = 0; i < 1000; ++i)
            header += ",\"t" + std::to_string(i) + "\":" + entry;
        SafetensorsFile file;
        QCOMPARE(inspectSafetensors(withHeader(header + "}", ""), file).size(), 20U);
    }

    void everySingleBitFlipIsNoticed()
    {
        const std::string good = Sample().bytes();
        QCOMPARE(verdict(good), "sound");
        for (std::size_t i = 0; i < good.size(); ++i)
            for (int bit = 0; bit < 8; ++bit) {
                std::string bad = good;
                bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
                QVERIFY2(verdict(bad) != "sound", qPrintable(QString("byte %1, bit %2").arg(i).arg(bit)));
            }
    }

    void everyTruncationIsNoticed()
    {
        const std::string good = Sample().bytes();
        for (std::size_t size = 0; size < good.size(); ++size)
            QVERIFY(verdict(good.substr(0, size)) != "sound");
        QVERIFY(verdict(good + '\0') != "sound");
    }

    void randomDamageIsNoticed()
    {
        const std::string good = Sample().bytes();
        Rng rng(7);
        for (int n = 0; n < 300; ++n) {
            std::string bad = good;
            const std::size_t at = rng.bits() % good.size();
            const std::size_t other = rng.bits() % good.size();
            const std::size_t length = 1 + rng.bits() % 16;
            switch (n % 4) {
                case 0:
                    bad.replace(at, length, std::string(length, static_cast<char>(rng.bits())));
                    break;
                case 1:
                    bad.erase(at, length);
                    break;
                case 2:
                    bad.insert(at, good.substr(other, length));
                    break;
                case 3:
                    bad.replace(at, length, good.substr(other, length));
                    break;
            }
            if (bad != good)
                QVERIFY2(verdict(bad) != "sound", qPrintable(QString("mutation %1").arg(n)));
        }
    }

    void metadataCannotBeTakenAwayOrChanged()
    {
        const std::string good = Sample().bytes();
        const auto edited = [&](const QByteArray& from, const QByteArray& to) {
            std::uint64_t length = 0;
            std::memcpy(&length, good.data(), 8);
            QByteArray header(good.data() + 8, static_cast<qsizetype>(length));
            if (!header.contains(from))
                return std::string("the header lacks ") + from.toStdString();
            header.replace(from, to);
            return verdict(withHeader(header.toStdString(), good.substr(8 + length)));
        };
        QCOMPARE(edited("\"model\":\"mlp\",", ""), "digest_mismatch");
        QCOMPARE(edited("\"mlp\"", "\"gru\""), "digest_mismatch");
        QCOMPARE(edited("\"shape\":[2,3]", "\"shape\":[3,2]"), "digest_mismatch");
        QCOMPARE(edited("\"flags\"", "\"flaws\""), "digest_mismatch");
        QCOMPARE(edited("\"fc.sha256\":\"", "\"fc.sha257\":\""), "digest_missing");
        QCOMPARE(edited("\"fc.sha256\":{", "\"fc.sha257\":{"), "digest_mismatch");
    }

    void numbersThatAreNotFiniteAreAWarning_data()
    {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("warned");
        QTest::newRow("F32 NaN") << "F32" << QByteArray::fromHex("0000c07f") << true;
        QTest::newRow("F32 -inf") << "F32" << QByteArray::fromHex("000080ff") << true;
        QTest::newRow("F32 largest") << "F32" << QByteArray::fromHex("ffff7f7f") << false;
        QTest::newRow("F64 inf") << "F64" << QByteArray::fromHex("000000000000f07f") << true;
        QTest::newRow("BF16 NaN") << "BF16" << QByteArray::fromHex("c07f") << true;
        QTest::newRow("F16 inf") << "F16" << QByteArray::fromHex("007c") << true;
        QTest::newRow("F16 largest") << "F16" << QByteArray::fromHex("ff7b") << false;
        QTest::newRow("I32 with the bits of NaN") << "I32" << QByteArray::fromHex("0000c07f") << false;
    }
    void numbersThatAreNotFiniteAreAWarning()
    {
        QFETCH(const QString, dtype);
        QFETCH(const QByteArray, bytes);
        QFETCH(const bool, warned);
        const std::string data = bytes.toStdString();
        SafetensorsFile file;
        file.tensors = {{"w", dtype.toStdString(), {1}, data}};
        QCOMPARE(safetensorsWarnings(file).size(), warned ? 1U : 0U);
    }

    void whatCannotBeReadIsNotWritten_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<qint64>("rows");
        QTest::newRow("a name twice") << "same"
                                      << "U8" << qint64{4};
        QTest::newRow("the name of the metadata") << "__metadata__"
                                                  << "U8" << qint64{4};
        QTest::newRow("the name of the digest") << "fc.sha256"
                                                << "U8" << qint64{4};
        QTest::newRow("an unknown type") << "other"
                                         << "F33" << qint64{4};
        QTest::newRow("a shape that does not fit") << "other"
                                                   << "U8" << qint64{5};
        QTest::newRow("a negative shape") << "other"
                                          << "U8" << qint64{-4};
    }
    void whatCannotBeReadIsNotWritten()
    {
        QFETCH(const QString, name);
        QFETCH(const QString, dtype);
        QFETCH(const qint64, rows);
        const StoredTensor good{"same", "U8", {4}, "data"};
        const StoredTensor bad{name.toStdString(), dtype.toStdString(), {rows}, "data"};
        QVERIFY_THROWS_EXCEPTION(Error, writeSafetensors({good, bad}, {}));
    }

    void typedTensorsAreReadBackFromMemoryAndFromDisk()
    {
        const auto tensors = allTypes();
        const std::string bytes = writeTensors(tensors, {{"note", "all"}});
        const SafetensorsFile inMemory = parseSafetensors(bytes);
        const QTemporaryDir folder;
        const std::string path = folder.filePath("all.safetensors").toStdString();
        writeFile(path, bytes);
        const MappedSafetensors mapped(path, DigestCheck::Verify);
        QCOMPARE(mapped.file().metadata.at("note"), "all");
        QCOMPARE(inMemory.tensors.size(), tensors.size());
        for (const auto& [name, values] : tensors) {
            const auto found = std::ranges::find(inMemory.tensors, name, &StoredTensor::name);
            for (const Tensor& back : {tensorFrom(*found), mapped.tensor(name)}) {
                QVERIFY(back.dtype() == values.dtype());
                QVERIFY(back.shape() == values.shape());
                QVERIFY(stored<char>(back.to(DType::U8)) == stored<char>(values.clone().to(DType::U8)));
            }
        }
        QCOMPARE(messageOf([&] { mapped.tensor("none"); }), QString("The file has no tensor \"none\"."));
    }

    /// The rules of the format's description, checked by another JSON reader.
    void whatIsWrittenKeepsTheRulesOfTheFormat()
    {
        const std::string bytes = writeTensors(allTypes(), {{"note", "all"}});
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.data(), 8);
        QCOMPARE(length % 8, std::uint64_t{0});
        const QByteArray text(bytes.data() + 8, static_cast<qsizetype>(length));
        QVERIFY(text.startsWith('{'));
        const QJsonObject header = QJsonDocument::fromJson(text).object();
        const QMap<QString, int> sizes{{"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I8", 1},
                                       {"U8", 1},  {"I64", 8}, {"BOOL", 1}};
        QMap<qint64, qint64> parts;
        for (const QString& name : header.keys()) {
            const QJsonObject entry = header[name].toObject();
            if (name == "__metadata__") {
                for (const QJsonValue value : entry)
                    QVERIFY(value.isString());
                continue;
            }
            QCOMPARE(entry.keys(), QStringList({"data_offsets", "dtype", "shape"}));
            qint64 wanted = sizes.value(entry["dtype"].toString());
            QVERIFY(wanted > 0);
            for (const QJsonValue size : entry["shape"].toArray())
                wanted *= size.toInteger();
            const qint64 begin = entry["data_offsets"].toArray()[0].toInteger();
            const qint64 end = entry["data_offsets"].toArray()[1].toInteger();
            QCOMPARE(end - begin, wanted);
            if (wanted > 0)
                parts[begin] = end;
        }
        qint64 at = 0;
        for (auto part = parts.cbegin(); part != parts.cend(); at = (part++).value())
            QCOMPARE(part.key(), at);
        QCOMPARE(static_cast<std::size_t>(at), bytes.size() - 8 - length);
    }

    void wideTypesAreConverted()
    {
        const std::vector<double> f64{0.1, -2.5, 1e300, -1e300};
        const std::vector<std::int32_t> i32{-1, 2147483647};
        const std::vector<std::uint32_t> u32{4294967295U};
        const std::vector<std::int16_t> i16{-32768, 5};
        const std::vector<std::uint16_t> u16{65535};
        const Tensor real = tensorFrom({"a", "F64", {2, 2}, bytesOf(f64)});
        QVERIFY((real.values() == std::vector<float>{0.1F, -2.5F, HUGE_VALF, -HUGE_VALF}));
        QVERIFY((real.shape() == Shape{2, 2}));
        using Whole = std::vector<std::int64_t>;
        QVERIFY((stored<std::int64_t>(tensorFrom({"a", "I32", {2}, bytesOf(i32)})) == Whole{-1, 2147483647}));
        QVERIFY((stored<std::int64_t>(tensorFrom({"a", "U32", {1}, bytesOf(u32)})) == Whole{4294967295}));
        QVERIFY((stored<std::int64_t>(tensorFrom({"a", "I16", {2}, bytesOf(i16)})) == Whole{-32768, 5}));
        QVERIFY((stored<std::int64_t>(tensorFrom({"a", "U16", {}, bytesOf(u16)})) == Whole{65535}));
    }

    void typesThatNothingComputesWithAreNamed()
    {
        const std::string bytes(8, '\0');
        for (const char* type : {"U64", "C64", "F8_E4M3", "F8_E5M2", "F8_E8M0"})
            QCOMPARE(messageOf([&] {
                         tensorFrom({"layer\n", type, {1}, bytes});
                     }),
                     QString("The tensor \"layer\\x0a\" stores numbers of the type %1, which cannot be used. "
                             "Save it as F32.")
                         .arg(type));
        QCOMPARE(messageOf([&] {
                     tensorFrom({"w", "F32", {1, 1, 1, 1, 1, 1, 2}, bytes});
                 }),
                 QString("The tensor \"w\" has 7 axes; at most 6 can be used."));
    }

    /// 4 GiB that the disk does not hold either: the data are a hole.
    void openingCostsNoMemory()
    {
        constexpr std::int64_t count = std::int64_t{1} << 30;
        const QTemporaryDir folder;
        const std::string path = folder.filePath("large.safetensors").toStdString();
        std::string header = R"({"w":{"dtype":"F32","shape":[1024,1048576],"data_offsets":[0,4294967296]}})";
        header.resize((header.size() + 7) / 8 * 8, ' ');
        writeFile(path, withHeader(header, {}));
        if (::truncate(path.c_str(), static_cast<off_t>(8 + header.size() + 4 * count)) != 0)
            QSKIP("the disk has no files with holes");
        const std::int64_t before = residentBytes();
        const MappedSafetensors file(path, DigestCheck::Verify);
        const Tensor w = file.tensor("w");
        QCOMPARE(w.count(), count);
        QCOMPARE(w.data()[count - 1], 0.0F);
        QVERIFY(residentBytes() - before < 4 << 20);
    }

    void mappedTensorsOutliveTheFileAndItsName()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("one.safetensors").toStdString();
        writeFile(path, writeTensors({{"w", arange(1000)}}, {}));
        Tensor w;
        {
            const MappedSafetensors file(path, DigestCheck::Skip);
            w = file.tensor("w");
            QCOMPARE(reinterpret_cast<std::uintptr_t>(w.bytes()) % 8, std::uintptr_t{0});
        }
        writeFile(path, writeTensors({{"w", Tensor::zeros({1000})}}, {}));
        QCOMPARE(w.data()[999], 999.0F);
    }

    void writingIntoAMappingNeverReachesTheFile()
    {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("one.safetensors").toStdString();
        const std::string bytes = writeTensors({{"w", arange(4)}}, {});
        writeFile(path, bytes);
        const MappedSafetensors file(path, DigestCheck::Skip);
        Tensor w = file.tensor("w");
        w.data()[2] = 7.0F;
        QCOMPARE(w.values(), (std::vector<float>{0, 1, 7, 3}));
        QVERIFY(readFile(path, 1 << 20) == bytes);
    }

    void dataOffTheirAlignmentAreCopied()
    {
        const std::vector<float> values{1.5F, -2.0F};
        const std::string data = "x" + std::string(bytesOf(values));
        const std::string bytes = withHeader(
            R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}} )",
            data);
        const QTemporaryDir folder;
        for (const std::size_t shift : {0U, 1U, 2U, 3U}) {
            // Spaces at the end of the header move the data.
            std::string moved = bytes;
            std::uint64_t length = 0;
            std::memcpy(&length, moved.data(), 8);
            moved.insert(8 + length, shift, ' ');
            length += shift;
            std::memcpy(moved.data(), &length, 8);
            const std::string path = folder.filePath(QString::number(shift)).toStdString();
            writeFile(path, moved);
            const Tensor w = MappedSafetensors(path, DigestCheck::Verify).tensor("w");
            QCOMPARE(reinterpret_cast<std::uintptr_t>(w.data()) % 4, std::uintptr_t{0});
            QCOMPARE(w.values(), values);
        }
    }

    void filesThatChangedWhileOpenAreNamed()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("one.safetensors");
        writeFile(path.toStdString(), writeTensors({{"w", arange(100000)}}, {}));
        const MappedSafetensors file(path.toStdString(), DigestCheck::Skip);
        file.tensor("w");
        QVERIFY(::truncate(path.toUtf8().constData(), 4096) == 0);
        QCOMPARE(
            messageOf([&] { file.tensor("w"); }),
            QString("\"%1\" was changed by another program while it was open. Open it again.").arg(path));
        QVERIFY(!messageOf([&] { MappedSafetensors(path.toStdString(), DigestCheck::Skip); }).isEmpty());
    }

    void whatIsNoFileIsNotMapped()
    {
        const QTemporaryDir folder;
        const auto opened = [](const QString& path) {
            return messageOf([&] { MappedSafetensors(path.toStdString(), DigestCheck::Skip); });
        };
        QCOMPARE(opened(folder.path()),
                 QString("\"%1\" is a folder. Choose a file in it.").arg(folder.path()));
        const QString missing = folder.filePath("missing");
        QCOMPARE(opened(missing), QString("Cannot read \"%1\": No such file or directory.").arg(missing));
        QVERIFY(opened("/dev/null").endsWith("is not a regular file. Choose another file."));
        writeFile(folder.filePath("empty").toStdString(), "");
        QVERIFY(opened(folder.filePath("empty")).startsWith("The file has 0 bytes"));
    }

    void theDigestIsSkippedOnlyOnRequest()
    {
        std::string bytes = writeTensors({{"w", arange(4)}}, {});
        bytes[bytes.size() - 1] = static_cast<char>(bytes.back() ^ 1);
        SafetensorsFile file;
        QCOMPARE(inspectSafetensors(bytes, file).front().code, "digest_mismatch");
        QVERIFY(inspectSafetensors(bytes, file, DigestCheck::Skip).empty());
    }

    void textThatIsNotUtf8IsNotWritten()
    {
        QVERIFY_THROWS_EXCEPTION(Error, writeSafetensors({{"\xff", "U8", {4}, "data"}}, {}));
        QVERIFY_THROWS_EXCEPTION(Error, writeSafetensors({}, {{"key", "\xff"}}));
    }

    void hostileFilesGetTheirVerdicts_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QJsonObject>("expected");
        const QString folder = QStringLiteral(FC_SHARED_DIR "/hostile/");
        QFile list(folder + "checkpoints/expectations.json");
        if (!list.open(QIODevice::ReadOnly))
            return;
        const QJsonArray cases = QJsonDocument::fromJson(list.readAll()).object()["cases"].toArray();
        for (const QJsonValue& value : cases) {
            const QString file = value["file"].toString();
            if (value["level"].toString() == "must")
                QTest::newRow(qPrintable(file)) << folder + file << value.toObject();
        }
    }
    void hostileFilesGetTheirVerdicts()
    {
        if (!QFile::exists(QStringLiteral(FC_SHARED_DIR "/hostile")))
            QSKIP("the collection of hostile files is not beside the project");
        QFETCH(const QString, path);
        QFETCH(const QJsonObject, expected);
        const std::string bytes = readFile(path.toStdString(), 1 << 20);
        SafetensorsFile file;
        const auto problems = inspectSafetensors(bytes, file);
        bool tolerated = false;
        for (const QJsonValue& outcome : expected["acceptable"].toArray()) {
            const bool rejected = outcome["verdict"].toString() == "reject";
            const qsizetype rows = outcome["rows"].toInt(static_cast<int>(file.tensors.size()));
            tolerated |= problems.empty() ? !rejected && rows == static_cast<qsizetype>(file.tensors.size())
                                          : rejected;
        }
        QVERIFY2(tolerated, problems.empty() ? "accepted" : problems[0].text.c_str());
        const QString mapped = messageOf([&] { MappedSafetensors(path.toStdString(), DigestCheck::Verify); });
        QCOMPARE(mapped, problems.empty() ? QString() : QString::fromStdString(problems[0].text));
    }
};

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "tst_safetensors.moc"
