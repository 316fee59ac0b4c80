// SPDX-License-Identifier: GPL-3.0-or-later
// Formulas over columns: what they compute, that they never look ahead, and how wrong ones are explained.
#include <QtTest>
#include <clocale>
#include <cmath>

#include "engine/base/error.h"
#include "engine/data/formula.h"
#include "engine/data/trailing_window.h"

using namespace fc;

namespace {

Column column(const char* name, const QString& cells)
{
    Column out{name, "", {}};
    for (const QString& cell : cells.split(' ', Qt::SkipEmptyParts))
        out.values.push_back(cell == "." ? missing : cell.toDouble());
    return out;
}

/// Six rows; b misses one value.
Series sample()
{
    Series series;
    series.hasClock = false;
    series.columns = {column("a", "1 2 3 4 5 6"), column("b", "2 0 . 4 1 3"),
                      column("adj close", "10 20 30 40 50 60"), column("min", "9 9 9 9 9 9")};
    series.columns[2].role = "close";
    for (Timestamp t = 0; t < 6; ++t)
        series.times.push_back(t);
    return series;
}

QString print(const std::vector<double>& values)
{
    QStringList out;
    for (const double x : values)
        out += std::isnan(x) ? "." : QString::number(x, 'g', 6);
    return out.join(' ');
}

QString computed(const char* formula)
{
    return print(Formula(formula).evaluate(sample()));
}

}  // namespace

class TestFormula : public QObject {
    Q_OBJECT

private slots:
    void valuesAreComputed_data()
    {
        QTest::addColumn<QString>("values");
        const auto row = [](const char* formula, const char* values) {
            QTest::newRow(formula) << QString(values);
        };
        row("a", "1 2 3 4 5 6");
        row("2", "2 2 2 2 2 2");
        row("a + 2 * a", "3 6 9 12 15 18");
        row("(a + 2) * a", "3 8 15 24 35 48");
        row("a - 1 - 1", "-1 0 1 2 3 4");
        row("-a ^ 2", "-1 -4 -9 -16 -25 -36");
        row("2 ^ 3 ^ 2", "512 512 512 512 512 512");
        row("a<-b", "0 0 . 0 0 0");
        row("+a*-1", "-1 -2 -3 -4 -5 -6");
        row("1.5e1 + .5", "15.5 15.5 15.5 15.5 15.5 15.5");
        row("A + B", "3 2 . 8 6 9");
        row("close / [adj close] + \"adj close\"", "11 21 31 41 51 61");
        row("min + min(a, 3)", "10 11 12 12 12 12");
        row("max(a, b, 3)", "3 3 . 4 5 6");
        row("(a >= 3) + (a > 3) * 10 + (a == 3) * 100 + (a != 3) * 1000", "1000 1000 101 1011 1011 1011");
        row("a > 1 && a < 4 || a == 6", "0 1 1 0 0 1");
        row("sign(a - 3)", "-1 -1 0 1 1 1");
        row("abs(a - 3) + sqrt(4) + exp(0) + log(1) + log10(100) + pow(2, 3)", "15 14 13 14 15 16");
        row("round(a / 2) * 100 + floor(a / 2) * 10 + ceil(a / 2)", "101 111 212 222 323 333");
        row("lag(a, 2)", ". . 1 2 3 4");
        row("lag(a, 0)", "1 2 3 4 5 6");
        row("diff(b, 1)", ". -2 . . -3 2");
        row("diff(lag(a, 1), 1) + lag(diff(a, 2), 2)", ". . . . 3 3");
        row("mean(a, 3)", ". . 2 3 4 5");
        row("sum(b, 2)", ". 2 . . 5 4");
        row("std(a, 2)", ". 0.707107 0.707107 0.707107 0.707107 0.707107");
        row("highest(b, 2) - lowest(b, 2)", ". 2 . . 3 2");
        row("mean(mean(a, 2), 2)", ". . 2 3 4 5");
        row("a / mean([adj close], 1)", "0.1 0.1 0.1 0.1 0.1 0.1");
    }
    void valuesAreComputed() { QTEST(computed(QTest::currentDataTag()), "values"); }

    void missingStaysMissing_data()
    {
        QTest::addColumn<QString>("values");
        const auto row = [](const char* formula, const char* values) {
            QTest::newRow(formula) << QString(values);
        };
        row("b > 1", "1 0 . 1 0 1");
        row("b == b", "1 1 . 1 1 1");
        row("b != 0", "1 0 . 1 1 1");
        row("pow(b, 0)", "1 1 . 1 1 1");
        row("pow(1, b)", "1 1 . 1 1 1");
        row("1 || b", "1 1 . 1 1 1");
        row("sign(b)", "1 0 . 1 1 1");
        row("min(b, 1)", "1 0 . 1 1 1");
        row("if(b > 1, 1, 0)", "1 0 . 1 0 1");
        row("if(a == 3, a, b)", "2 0 3 4 1 3");
        row("a / b", "0.5 . . 1 5 2");
        row("log(b)", "0.693147 . . 1.38629 0 1.09861");
        row("sqrt(a - 2)", ". 0 1 1.41421 1.73205 2");
        row("exp(1000 * a)", ". . . . . .");
        row("lag(a / b, 1)", ". 0.5 . . 1 5");
    }
    void missingStaysMissing() { QTEST(computed(QTest::currentDataTag()), "values"); }

    /// A window in the branch that is not taken sees every row all the same.
    void windowsRunInBothBranches() { QCOMPARE(computed("if(a < 5, 0, lag(a, 1))"), "0 0 0 0 4 5"); }

    void warmUpIsKnown()
    {
        QCOMPARE(Formula("a").warmUp(), 0);
        QCOMPARE(Formula("lag(a, 3)").warmUp(), 3);
        QCOMPARE(Formula("mean(lag(a, 3), 5) + std(a, 2)").warmUp(), 7);
        QCOMPARE(Formula("pow(lag(a, 2), 2)").warmUp(), 2);
    }

    void variablesComeInOrderAndOnce()
    {
        const Formula formula("b + [adj close] * a - B / \"adj close\"");
        QCOMPARE(formula.variables(), (std::vector<std::string>{"b", "adj close", "a"}));
        QCOMPARE(Formula("\"say \"\"x\"\"\"").variables(), std::vector<std::string>{"say \"x\""});
        QCOMPARE(Formula("größe * 2").variables(), std::vector<std::string>{"größe"});
    }

    /// Whatever stands in later rows, or whether there are any, the rows before keep their values bit for
    /// bit.
    void laterRowsChangeNothing()
    {
        const Formula formula(
            "if(a > mean(b, 3), std(a, 4), lag(b, 2)) + highest(diff(a, 1), 5) - lowest(b, 3) + sum(a, 2)");
        std::vector<double> a;
        std::vector<double> b;
        for (int i = 0; i < 200; ++i) {
            a.push_back(std::sin(i * 1.7) * 1e3);
            b.push_back(std::cos(i * 0.3) * 1e-3);
        }
        const std::vector<double> whole = formula.evaluate({a, b}, a.size());
        for (const std::size_t cut : {1u, 7u, 64u, 130u}) {
            std::vector<double> changed = a;
            for (std::size_t t = cut; t < changed.size(); ++t)
                changed[t] = t % 3 == 0 ? missing : 1e300;
            const std::vector<double> other = formula.evaluate({changed, b}, a.size());
            const std::vector<double> shorter = formula.evaluate({a, b}, cut);
            for (std::size_t t = 0; t < cut; ++t) {
                QVERIFY(std::isnan(whole[t]) == std::isnan(other[t]) &&
                        !(whole[t] != other[t] && whole[t] == whole[t]));
                QVERIFY(!(whole[t] != shorter[t] && whole[t] == whole[t]));
            }
        }
    }

    void rowsOneByOneAreTheSameAsAllAtOnce()
    {
        const Formula formula("mean(a, 3) + lag(b, 1) * min");
        const std::unique_ptr<FormulaRows> rows = formula.start();
        const Series series = sample();
        std::vector<double> out;
        for (std::size_t t = 0; t < series.rows(); ++t)
            out.push_back(rows->next(std::vector{series.columns[0].values[t], series.columns[1].values[t],
                                                 series.columns[3].values[t]}));
        QCOMPARE(print(out), print(formula.evaluate(series)));
    }

    void windowsAgreeWithSumsOverEachWindow_data()
    {
        QTest::addColumn<int>("rows");
        for (const int rows : {1, 2, 3, 10, 64, 1000})
            QTest::addRow("%d rows", rows) << rows;
    }
    void windowsAgreeWithSumsOverEachWindow()
    {
        QFETCH(int, rows);
        TrailingWindow mean(WindowKind::Mean, rows);
        TrailingWindow sum(WindowKind::Sum, rows);
        TrailingWindow lowest(WindowKind::Lowest, rows);
        TrailingWindow deviation(WindowKind::Deviation, std::max(2, rows));
        std::vector<double> x;
        for (int t = 0; t < 2500; ++t) {
            x.push_back(1e6 + std::sin(t * t * 0.37));
            const double m = mean.next(x.back());
            const double s = sum.next(x.back());
            const double low = lowest.next(x.back());
            const double d = deviation.next(x.back());
            if (t + 1 < std::max(2, rows))
                continue;
            const std::vector<double> window(x.end() - rows, x.end());
            const double total = std::accumulate(window.begin(), window.end(), 0.0);
            QVERIFY(std::fabs(s - total) <= 1e-15 * rows * total);
            QVERIFY(std::fabs(m - total / rows) <= 1e-14 * m);
            QCOMPARE(low, *std::ranges::min_element(window));
            double squares = 0;
            for (const double v : window)
                squares += (v - m) * (v - m);
            // 1e6 has 10 digits left for deviations of 1.
            if (rows > 1)
                QVERIFY(std::fabs(d - std::sqrt(squares / (rows - 1))) < 1e-8);
        }
    }

    void hugeValueLeavesNoTrace()
    {
        TrailingWindow mean(WindowKind::Mean, 4);
        TrailingWindow deviation(WindowKind::Deviation, 4);
        double m = 0;
        double d = 0;
        for (int t = 0; t < 20; ++t) {
            m = mean.next(t == 9 ? 1e300 : 0.1);
            d = deviation.next(t == 9 ? 1e300 : 0.1);
        }
        QCOMPARE(m, 0.1);
        QCOMPARE(d, 0.0);
    }

    void wrongFormulasAreExplained_data()
    {
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* formula, const char* sentence) {
            QTest::newRow(formula) << QString(sentence);
        };
        row("", "The formula is empty.");
        row("  ", "The formula is empty.");
        row("a + c",
            "There is no column \"c\", which the formula names at character 5. Columns: a, b, adj close, "
            "close, min. Functions: if(condition, a, b), abs(x)");
        row("a + größer(a)",
            "There is no function \"größer\", which the formula names at character 5. Functions: if(");
        row("lag(a, -1)",
            "The second argument of lag at character 8 of the formula is negative: it would look ahead.");
        row("mean(a, - 3)",
            "The second argument of mean at character 9 of the formula is negative: it would look ahead.");
        row("lag(a, b)",
            "The second argument of lag at character 8 of the formula must be a whole number that is written "
            "out");
        row("lag(a, 1 - 2)",
            "The second argument of lag at character 8 of the formula must be a whole number that is written "
            "out");
        row("lag(a, 1.5)",
            "The second argument of lag at character 8 of the formula is 1.5; it must be a whole number of "
            "rows from 0 to 100000.");
        row("std(a, 1)",
            "The second argument of std at character 8 of the formula is 1; it must be a whole number of "
            "rows from 2");
        row("lag(a, 1e9)", "The second argument of lag at character 8 of the formula is 1e+09; it must be");
        row("lag(a)",
            "The function lag at character 1 of the formula needs a number of rows as second argument");
        row("1 + lag(a, 1", "The second argument of lag at character 12 of the formula must be");
        row("1 + lag(a", "The function lag at character 5 of the formula has no closing parenthesis.");
        row("lag(, 1)", "The first argument of lag is missing at character 5 of the formula.");
        row("a +", "The formula ends at character 4 where a value is still due.");
        row("(a + 1", "A parenthesis is still open at the end of the formula (character 7).");
        row("a + 1)", "The formula makes no sense at character 6, \")\"");
        row("a b", "The formula makes no sense at character 3, \"b\": an operator is missing before it");
        row("ä * * b", "A value is missing before character 5 of the formula, \"* b\".");
        row("lag(a * / b, 1)", "A value is missing before character 9 of the formula, \"/ b, 1)\".");
        row("min()", "A function has too few arguments at character");
        row("if(a, b)", "A function has too few arguments at character");
        row("abs(a, b)", "A function has too many arguments at character");
        row("a, b", "The formula has a comma outside of a function");
        row("a ; b", "At character 3 of the formula stands \";\", which has no meaning there.");
        row("a = b", "At character 3 of the formula stands \"=\", which has no meaning there.");
        row("a $ b", "At character 3 of the formula stands \"$\", which has no meaning there.");
        row("1.5abc", "At character 1 of the formula stands \"1.5a\", which is neither a number nor a name.");
        row("1e999", "The number at character 1 of the formula, \"1e999\", is too large or too small.");
        row("[a", "The name that begins at character 1 of the formula with [ has no end.");
        row("a + \"\"", "At character 5 of the formula, \"\" encloses no name.");
        row("a(b)", "There is no function \"a\"");
        row("[a](b)", "The formula makes no sense at character 4");
    }
    void wrongFormulasAreExplained()
    {
        QFETCH(QString, sentence);
        QString said = "(nothing)";
        try {
            computed(QTest::currentDataTag());
        } catch (const UsageError& error) {
            said = error.what();
        }
        QVERIFY2(said.startsWith(sentence), qPrintable(said));
    }

    void deepNestingIsReadOrRefusedButNeverCrashes()
    {
        QCOMPARE(print(Formula(std::string(1900, '(') + "2" + std::string(1900, ')')).evaluate({}, 1)), "2");
        std::string lags = "a";
        for (int i = 0; i < 400; ++i)
            lags = "lag(" + lags + ", 1)";
        QCOMPARE(Formula(lags).warmUp(), 400);
        QVERIFY_EXCEPTION_THROWN(Formula(std::string(5000, '1')), UsageError);
    }

    void numbersDoNotDependOnTheLocale()
    {
        if (!std::setlocale(LC_ALL, "de_DE.UTF-8"))
            QSKIP("The locale de_DE.UTF-8 is not on this machine.");
        const QString out = computed("a * 1.5 + 1e-1");
        std::setlocale(LC_ALL, "C");
        QCOMPARE(out, "1.6 3.1 4.6 6.1 7.6 9.1");
    }
};

QTEST_GUILESS_MAIN(TestFormula)
#include "tst_formula.moc"
