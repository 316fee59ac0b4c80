// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <numeric>
#include <set>
#include <thread>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/feed.h"
#include "engine/base/parallel.h"
#include "engine/base/rng.h"
#include "engine/base/sha256.h"
#include "engine/params/params.h"

using namespace fc;

namespace {

struct DemoParams {
    int layers = 2;
    int window = 25;
    double rate = 0.1;
    bool squash = true;
    std::string kind = "plain";

    void describe(ParamVisitor& v)
    {
        v.field(layers, {.id = "layers", .label = "Layers", .help = "How many.", .min = 1, .max = 8});
        v.field(window, {.id = "window", .label = "Window", .help = "Steps.", .min = 1, .odd = true});
        v.field(rate, {.id = "rate", .label = "Rate", .help = "How fast.", .min = 0});
        v.field(squash, {.id = "squash", .label = "Squash", .help = "Apply tanh."});
        v.field(kind, {.id = "kind", .label = "Kind", .help = "Which.", .choices = {"plain", "fancy"}});
    }
};

template <typename Call>
QString errorOf(Call call)
{
    try {
        call();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

}  // namespace

class TestBase : public QObject {
    Q_OBJECT

private slots:
    // Random numbers

    void philoxGivesThePublishedNumbers_data()
    {
        QTest::addColumn<QList<quint32>>("counter");
        QTest::addColumn<QList<quint32>>("key");
        QTest::addColumn<QList<quint32>>("expected");
        // Known answers of Random123's kat_vectors for philox4x32 with 10 rounds.
        QTest::newRow("zeros") << QList<quint32>{0, 0, 0, 0} << QList<quint32>{0, 0}
                               << QList<quint32>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        QTest::newRow("ones") << QList<quint32>{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}
                              << QList<quint32>{0xffffffff, 0xffffffff}
                              << QList<quint32>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
        QTest::newRow("pi") << QList<quint32>{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}
                            << QList<quint32>{0xa4093822, 0x299f31d0}
                            << QList<quint32>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
    }
    void philoxGivesThePublishedNumbers()
    {
        QFETCH(QList<quint32>, counter);
        QFETCH(QList<quint32>, key);
        QFETCH(QList<quint32>, expected);
        const auto pair = [](const QList<quint32>& words, int i) {
            return static_cast<std::uint64_t>(words[i + 1]) << 32 | words[i];
        };
        const auto got = Rng::block(pair(key, 0), pair(counter, 2), pair(counter, 0));
        for (int i = 0; i < 4; ++i)
            QCOMPARE(got[static_cast<size_t>(i)], expected[i]);
    }

    void seekingContinuesTheSameNumbers()
    {
        Rng whole(7, 3);
        for (int i = 0; i < 13; ++i)
            whole.bits();
        Rng later(7, 3);
        later.seek(13);
        for (int i = 0; i < 10; ++i)
            QCOMPARE(later.bits(), whole.bits());
    }

    void normalNumbersHaveMeanZeroAndVarianceOne()
    {
        Rng rng(1);
        double sum = 0, squares = 0;
        constexpr int n = 100000;
        for (int i = 0; i < n; ++i) {
            const double x = rng.normal();
            sum += x;
            squares += x * x;
        }
        // Five standard errors of mean and variance.
        QVERIFY(std::abs(sum / n) < 5.0 / std::sqrt(n));
        QVERIFY(std::abs(squares / n - 1.0) < 5.0 * std::sqrt(2.0 / n));
    }

    void permutationHoldsEachNumberOnce()
    {
        const auto order = Rng(5).permutation(1000);
        QCOMPARE(std::set<std::int64_t>(order.begin(), order.end()).size(), size_t{1000});
        QVERIFY(order != Rng(6).permutation(1000));
    }

    // Loops

    void parallelForVisitsEachItemOnceInFixedBlocks()
    {
        for (const int threads : {1, 2, 3, 7}) {
            setThreadCount(threads);
            std::vector<std::atomic<int>> visits(1001);
            std::atomic<int> oddBlocks{0};
            parallelFor(1001, 10, [&](std::int64_t begin, std::int64_t end) {
                if (begin % 10 != 0 || end - begin > 10)
                    ++oddBlocks;
                for (std::int64_t i = begin; i < end; ++i)
                    ++visits[static_cast<size_t>(i)];
            });
            QCOMPARE(oddBlocks.load(), 0);
            for (const auto& visit : visits)
                QCOMPARE(visit.load(), 1);
        }
        setThreadCount(1);
    }

    void parallelForPassesAFailureOn()
    {
        setThreadCount(2);
        const QString text = errorOf([] {
            parallelFor(100, 1, [](std::int64_t begin, std::int64_t) {
                if (begin == 50)
                    throw Error(Message("item %1 failed", begin));
            });
        });
        setThreadCount(1);
        QCOMPARE(text, "item 50 failed");
    }

    void aFullFeedKeepsTheShapeOfTheCurve()
    {
        Feed<int> feed(1000);
        for (int i = 0; i < 100000; ++i)
            feed.push(i);
        const std::vector<int> got = feed.drain();
        QVERIFY(got.size() <= 1000);
        QVERIFY(got.size() >= 500);
        QVERIFY(std::is_sorted(got.begin(), got.end()));
        QCOMPARE(got.front(), 0);
        QCOMPARE(got.back(), 99999);
        QVERIFY(feed.drain().empty());
    }

    // Text

    void messagesFillEachPlaceOnce()
    {
        const Message message("The %1 of \"%2\" is %1.", "loss", "%1");
        QCOMPARE(message.english(), std::string("The loss of \"%1\" is loss."));
        QCOMPARE(Message("100% of %1 %9", 0.1).english(), std::string("100% of 0.1 %9"));
    }

    // Files and digests

    void digestsAreThoseOfTheStandard()
    {
        // FIPS 180-2, appendix B.
        QCOMPARE(sha256("abc"),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(sha256(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    void aFileIsReplacedAsAWhole()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("a.txt").toStdString();
        writeFile(path, "one");
        writeFile(path, "two");
        QCOMPARE(readFile(path, 100), std::string("two"));
        // Nothing temporary stays behind.
        QCOMPARE(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
    }

    void fileErrorsNameTheFile()
    {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        QVERIFY(errorOf([&] { readFile(root / "no.csv", 10); }).contains("no.csv"));
        QVERIFY(errorOf([&] { readFile(root, 10); }).contains("is a folder"));
        QVERIFY(errorOf([&] { writeFile(root / "none" / "a.txt", "x"); }).contains("a.txt"));
        writeFile(root / "big.txt", "12345");
        QVERIFY(errorOf([&] { readFile(root / "big.txt", 4); }).contains("5 bytes"));
        QVERIFY(errorOf([&] { readFile("/dev/null", 4); }).contains("not a regular file"));
    }

    void pathsInMessagesCannotForgeALine() { QCOMPARE(displayPath("a\nb\x7f"), std::string("a\\x0ab\\x7f")); }

    // Params

    void defaultsComeFromTheStruct()
    {
        const ParamValues values = defaults(schemaOf<DemoParams>());
        QCOMPARE(std::get<std::int64_t>(values.at("layers")), 2);
        QCOMPARE(std::get<double>(values.at("rate")), 0.1);
        QCOMPARE(std::get<std::string>(values.at("kind")), std::string("plain"));
    }

    void valuesReachTheStruct()
    {
        const auto params = paramsFrom<DemoParams>(
            {{"layers", std::int64_t{4}}, {"rate", std::int64_t{1}}, {"squash", false}});
        QCOMPARE(params.layers, 4);
        QCOMPARE(params.rate, 1.0);
        QCOMPARE(params.squash, false);
        QCOMPARE(params.kind, std::string("plain"));
        QVERIFY(paramsFromJson(toJson(valuesOf(params))) == valuesOf(params));
    }

    void wrongValuesAreNamed_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("too large") << "layers"
                                   << "9"
                                   << "layers is 9; it must be from 1 to 8.";
        QTest::newRow("too small") << "rate"
                                   << "-1"
                                   << "rate is -1; it must be at least 0.";
        QTest::newRow("fraction") << "layers"
                                  << "2.5"
                                  << "layers is 2.5; it must be a whole number.";
        QTest::newRow("even") << "window"
                              << "4"
                              << "window is 4; it must be odd.";
        QTest::newRow("words") << "rate"
                               << "fast"
                               << "rate is \"fast\"; it must be a number.";
        QTest::newRow("half a number") << "rate"
                                       << "1.5abc"
                                       << "rate is \"1.5abc\"; it must be a number.";
        QTest::newRow("not finite") << "rate"
                                    << "inf"
                                    << "rate must be a finite number.";
        QTest::newRow("choice") << "kind"
                                << "odd"
                                << "kind is \"odd\"; it must be one of: plain, fancy.";
        QTest::newRow("flag") << "squash"
                              << "maybe"
                              << "squash is \"maybe\"; it must be true or false.";
    }
    void wrongValuesAreNamed()
    {
        QFETCH(QString, id);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const Schema schema = schemaOf<DemoParams>();
        QCOMPARE(errorOf([&] { parseValue(*find(schema, id.toStdString()), text.toStdString()); }), expected);
    }

    void unknownSettingsNameTheNearest()
    {
        const auto found = problems(schemaOf<DemoParams>(), {{"layer", std::int64_t{1}}});
        QCOMPARE(found.size(), size_t{1});
        QCOMPARE(found[0].english(),
                 std::string("There is no setting \"layer\". The nearest is \"layers\"."));
    }
};

QTEST_GUILESS_MAIN(TestBase)
#include "tst_base.moc"
