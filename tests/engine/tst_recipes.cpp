// SPDX-License-Identifier: GPL-3.0-or-later
// Recipes as text, and what is found wrong with them for a series.
#include <QTemporaryDir>
#include <QTest>

#include "engine/features/feature_list.h"
#include "engine/runs/recipe_check.h"
#include "engine/runs/recipe_json.h"
#include "engine/runs/services.h"

using namespace fc;

namespace {

Series market(int rows, bool withVolume)
{
    Series series;
    series.name = "market";
    for (int row = 0; row < rows; ++row)
        series.times.push_back(1'700'006'400'000'000 + row * 3'600'000'000LL);
    std::vector<std::string> names{"open", "high", "low", "close"};
    if (withVolume)
        names.push_back("volume");
    for (const std::string& name : names) {
        Column column{name, name, {}};
        for (int row = 0; row < rows; ++row)
            column.values.push_back(100 + row % 7);
        series.columns.push_back(column);
    }
    return series;
}

std::string said(const std::optional<Message>& message)
{
    return message ? message->english() : std::string();
}

}  // namespace

class TestRecipes : public QObject {
    Q_OBJECT

private slots:
    void aListMayHoldWhatIsSwitchedOff()
    {
        const std::string text = "rsi(period=7), -sma(period=20); -calendar()";
        QCOMPARE(parseFeatures(text).size(), std::size_t{1});
        const std::vector<ListedFeature> list = parseFeatureList(text);
        QCOMPARE(list.size(), std::size_t{3});
        QVERIFY(list[0].isOn && !list[1].isOn && !list[2].isOn);
        QCOMPARE(list[1].text(), "-" + parseFeature("sma(period=20)").text());
        QVERIFY_EXCEPTION_THROWN(parseFeatureList("-nothing()"), UsageError);
    }

    void aRecipeComesBackFromItsText()
    {
        const ParamValues recipe = {{"features", std::string("rsi(period=7), -sma(period=20)")},
                                    {"horizon", std::int64_t{12}},
                                    {"scaler", std::string("robust")}};
        const std::string json = recipeToJson(recipe);
        ParamValues again = recipeFromJson(json);
        QCOMPARE(std::get<std::int64_t>(again.at("horizon")), 12);
        QCOMPARE(std::get<std::string>(again.at("scaler")), std::string("robust"));
        QCOMPARE(parseFeatureList(std::get<std::string>(again.at("features"))),
                 parseFeatureList(std::get<std::string>(recipe.at("features"))));
        QCOMPARE(recipeToJson(again), json);
    }

    void whatIsNoRecipeIsRefusedInWords_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("word");
        QTest::newRow("no object") << QByteArray("[1]") << QStringLiteral("JSON object");
        QTest::newRow("no JSON") << QByteArray("features: rsi") << QStringLiteral("JSON object");
        QTest::newRow("unknown setting") << QByteArray(R"({"horizn": 3})") << QStringLiteral("horizon");
        QTest::newRow("setting of training") << QByteArray(R"({"epochs": 3})") << QStringLiteral("epochs");
        QTest::newRow("unknown feature")
            << QByteArray(R"json({"features": ["rsy()"]})json") << QStringLiteral("rsi");
        QTest::newRow("out of range") << QByteArray(R"({"horizon": -1})") << QStringLiteral("Horizon");
    }
    void whatIsNoRecipeIsRefusedInWords()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, word);
        try {
            recipeFromJson(json.toStdString());
            QFAIL("accepted");
        } catch (const UsageError& error) {
            const QString text = QString::fromStdString(error.message().english());
            QVERIFY2(text.contains(word, Qt::CaseInsensitive), qPrintable(text));
        }
    }

    void aStoredRecipeIsCheckedFirst()
    {
        const QTemporaryDir folder;
        Store store = Store::create(folder.filePath(QStringLiteral("w.forecastle")).toStdString());
        QVERIFY_EXCEPTION_THROWN(storeRecipe(store, "bad", "{\"horizn\": 1}"), UsageError);
        QVERIFY(store.recipes().empty());
        storeRecipe(store, "good", "{\"features\": \"rsi\"}");
        QVERIFY(recipeFromJson(store.recipe("good")).count("features"));
        QVERIFY_EXCEPTION_THROWN(store.recipe("goood"), UsageError);
        QVERIFY_EXCEPTION_THROWN(store.deleteRecipe("goood"), UsageError);
        store.deleteRecipe("good");
        QVERIFY(store.recipes().empty());
    }

    void aForgottenImportRecipeIsGone()
    {
        const QTemporaryDir folder;
        Store store = Store::create(folder.filePath(QStringLiteral("w.forecastle")).toStdString());
        store.rememberImportRecipe("a,b", "{}");
        store.rememberImportRecipe("a,c", "{}");
        store.forgetImportRecipe("a,b");
        QVERIFY(!store.importRecipeFor("a,b"));
        QVERIFY(store.importRecipeFor("a,c").has_value());
    }

    void aSoundRecipeCountsItsWindows()
    {
        const RecipeFindings found =
            checkRecipe(market(400, true), {{"features", std::string("sma(period=20), -mfi(period=300)")},
                                            {"length", std::int64_t{24}},
                                            {"horizon", std::int64_t{6}}});
        QVERIFY2(found.fits(), found.problems().empty() ? "" : found.problems().front().english().c_str());
        QCOMPARE(found.warmUpRows, std::int64_t{19});
        QCOMPARE(found.rows, std::int64_t{381});
        // Split 0.7, 0.15, 0.15 of 381 rows; one window begins at each row that leaves room for both ends.
        QVERIFY(found.trainWindows > 200 && found.validationWindows > 40 && found.testWindows > 40);
    }

    void eachProblemIsFoundAtItsPlace_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("place");
        QTest::addColumn<QString>("word");
        enum { Targets, Split, Window, First, Second };
        QTest::newRow("target") << "targets"
                                << "clse" << int(Targets) << "clse";
        QTest::newRow("split") << "split"
                               << "0.5,0.5,0.5" << int(Split) << "0.5,0.5,0.5";
        QTest::newRow("too long") << "length"
                                  << "390" << int(Window) << "390";
        QTest::newRow("column") << "features"
                                << "rsi, mfi" << int(Second) << "volume";
        QTest::newRow("column of what is off") << "features"
                                               << "-mfi" << int(First) << "volume";
        QTest::newRow("twice") << "features"
                               << "rsi, rsi" << int(Second) << "already";
        QTest::newRow("warm-up") << "features"
                                 << "sma(period=500)" << int(Window) << "499";
    }
    void eachProblemIsFoundAtItsPlace()
    {
        QFETCH(QString, setting);
        QFETCH(QString, value);
        QFETCH(int, place);
        QFETCH(QString, word);
        const std::string id = setting.toStdString();
        const ParamValue given = parseValue(*find(recipeSchema(), id), value.toStdString());
        const RecipeFindings found = checkRecipe(market(400, false), {{id, given}});
        const auto feature = [&](std::size_t i) {
            return i < found.features.size() ? said(found.features[i]) : std::string();
        };
        const std::string texts[] = {said(found.targets), said(found.split), said(found.window), feature(0),
                                     feature(1)};
        for (int i = 0; i < 5; ++i)
            if (i != place)
                QVERIFY2(texts[i].empty(), texts[i].c_str());
        QVERIFY2(QString::fromStdString(texts[place]).contains(word), texts[place].c_str());
        QCOMPARE(found.problems().size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestRecipes)
#include "tst_recipes.moc"
