// SPDX-License-Identifier: GPL-3.0-or-later
// The import rule by rule on small texts, and the way out again. A picture shows verdict, codes with their
// lines, and records.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/io/encoding.h"
#include "engine/io/export.h"
#include "engine/io/import.h"
#include "engine/io/number.h"

using namespace fc;

using Json = nlohmann::json;

namespace {

ImportResult import(const QByteArray& bytes, const ImportOptions& options = {})
{
    return importCsvBytes(bytes.toStdString(), "file", options);
}

/// "accept gaps:- | 2024-01-02 1 2 | 2024-01-03 3 x"
QString picture(const ImportResult& result)
{
    QString out = QString::fromStdString(verdictName(result.verdict));
    out.replace("accept_with_warning", "warn");
    for (const ImportMessage& m : result.messages)
        out += QString(" %1:%2").arg(QString::fromStdString(m.code), m.line ? QString::number(*m.line) : "-");
    if (result.series.empty())
        return out;
    const Series& all = result.records();
    for (size_t i = 0; i < all.rows(); ++i) {
        out += " | " + QString::fromStdString(all.hasClock ? formatTimestamp(all.times[i], false)
                                                           : std::to_string(all.times[i]));
        for (const Column& c : all.columns)
            out += " " + (qIsNaN(c.values[i]) ? "?" : QString::fromStdString(formatNumber(c.values[i])));
        for (const TextColumn& c : result.texts)
            out += " " + QString::fromStdString(c.values[i]);
    }
    return out;
}

QByteArray utf16(const QString& text, bool bigEndian)
{
    QByteArray out = bigEndian ? "\xfe\xff" : "\xff\xfe";
    for (const QChar c : text) {
        const char high = char(c.unicode() >> 8);
        const char low = char(c.unicode() & 0xff);
        out += bigEndian ? QByteArray{high, 1}.left(0) + high + low : QByteArray() + low + high;
    }
    return out;
}

/// A table of cases in one line each.
void cases(std::initializer_list<std::tuple<const char*, QByteArray, const char*>> rows)
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    for (const auto& [name, bytes, expected] : rows)
        QTest::newRow(name) << bytes << QString::fromUtf8(expected);
}

void check()
{
    QFETCH(QByteArray, bytes);
    QTEST(picture(import(bytes)), "expected");
}

/// Three days with the given cells in a column y.
QByteArray column(const QByteArray& a, const QByteArray& b, const QByteArray& c)
{
    return "date,y\n2024-01-01," + a + "\n2024-01-02," + b + "\n2024-01-03," + c + "\n";
}

/// Time cells with 1, 2, 3 ... beside them.
QByteArray stamps(std::initializer_list<const char*> cells)
{
    QByteArray out = "date;y\n";
    int n = 0;
    for (const char* cell : cells)
        out += QByteArray(cell) + ";" + QByteArray::number(++n) + "\n";
    return out;
}

}  // namespace

/// Text that comes in pieces of a few bytes, from who knows how much.
class Drops : public ByteSource {
public:
    Drops(std::string text, std::size_t piece) : m_text(std::move(text)), m_piece(piece) {}

    std::size_t read(std::span<char> buffer) override
    {
        const std::size_t n = std::min({buffer.size(), m_piece, m_text.size() - m_at});
        std::copy_n(m_text.data() + m_at, n, buffer.data());
        m_at += n;
        return n;
    }
    void rewind() override { m_at = 0; }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    double progress() const override
    {
        return static_cast<double>(m_at) / static_cast<double>(m_text.size());
    }

private:
    std::string m_text;
    std::size_t m_piece;
    std::size_t m_at = 0;
};

/// A long text: `row(i)` for each of `count` lines below `header`.
template <typename Row>
std::string lines(const std::string& header, int count, const Row& row)
{
    std::string out = header + "\n";
    for (int i = 0; i < count; ++i)
        out += row(i) + "\n";
    return out;
}

class TestImport : public QObject {
    Q_OBJECT

private slots:
    void structure_data()
    {
        cases({
            {"commas", "date,y\n2024-01-01,1\n", "accept | 2024-01-01 1"},
            {"semicolons", "date;y\n2024-01-01;1\n", "accept | 2024-01-01 1"},
            {"tabs", "date\ty\n2024-01-01\t1\n", "accept | 2024-01-01 1"},
            {"bars", "date|y\n2024-01-01|1\n", "accept | 2024-01-01 1"},
            {"runs of blanks", "date   y\n2024-01-01  1\n2024-01-02    2\n",
             "accept | 2024-01-01 1 | 2024-01-02 2"},
            {"sep line", "sep=;\ndate;y\n2024-01-01;1\n", "accept | 2024-01-01 1"},
            {"CR LF, CR and LF", "date,y\r\n2024-01-01,1\r2024-01-02,2\n",
             "accept | 2024-01-01 1 | 2024-01-02 2"},
            {"no line end", "date,y\n2024-01-01,1", "accept | 2024-01-01 1"},
            {"quotes", "\"date\",\"y\",\"n\"\n\"2024-01-01\",\"1\",\"a, \"\"b\"\"\nc\"\n",
             "accept | 2024-01-01 1 a, \"b\"\nc"},
            {"apostrophes as quotes", "'date','y'\n'2024-01-01','1'\n", "accept | 2024-01-01 1"},
            {"quote inside a field", "date,y,n\n2024-01-01,1,5\" pipe\n", "accept | 2024-01-01 1 5\" pipe"},
            {"unclosed quote", "date,y\n2024-01-01,1\n2024-01-02,\"2\n2024-01-03,3\n",
             "reject unclosed_quote:3"},
            {"text after a quote", "date,y,n\n2024-01-01,1,\"a\"b\n", "reject text_after_quote:2"},
            {"title above", "Prices\nof Demo\ndate,y,z\n2024-01-01,1,2\n",
             "warn skipped_title:1 | 2024-01-01 1 2"},
            {"banner with a delimiter",
             "Made on 2019,https://a.b\ndate,y,z\n2024-01-01,1,2\n2024-01-02,1,2\n",
             "warn skipped_title:1 | 2024-01-01 1 2 | 2024-01-02 1 2"},
            {"comments above", "# a\n# b\ndate,y\n2024-01-01,1\n", "warn skipped_title:1 | 2024-01-01 1"},
            {"header behind a hash", "#date,y\n2024-01-01,1\n", "accept | 2024-01-01 1"},
            {"numbers as names", "date,0,1\n2024-01-01,5,6\n", "accept | 2024-01-01 5 6"},
            {"units below", "date,y\n,USD\n2024-01-01,1\n", "warn skipped_line:2 | 2024-01-01 1"},
            {"header again", "date,y\n2024-01-01,1\ndate,y\n2024-01-02,2\n",
             "warn repeated_header:3 | 2024-01-01 1 | 2024-01-02 2"},
            {"total below", "date,y\n2024-01-01,1\n2024-01-02,2\nTotal,3\n",
             "warn skipped_footer:4 | 2024-01-01 1 | 2024-01-02 2"},
            {"note below", "date,y\n2024-01-01,1\nDownloaded today\n",
             "warn skipped_footer:3 | 2024-01-01 1"},
            {"short row", "date,y,z\n2024-01-01,1\n2024-01-02,1,2\n2024-01-03,1,2\n", "reject ragged_row:2"},
            {"long row", "date,y\n2024-01-01,1,2\n2024-01-02,1\n2024-01-03,1\n", "reject ragged_row:2"},
            {"cut in the last row", "date,y,z\n2024-01-01,1,2\n2024-01-02,1\n", "reject ragged_row:3"},
            {"delimiter at each end", "date,y,\n2024-01-01,1,\n", "accept | 2024-01-01 1"},
            {"delimiter at the end of rows", "date,y\n2024-01-01,1,\n",
             "warn trailing_delimiter:2 | 2024-01-01 1"},
            {"delimiters only", "date,y\n2024-01-01,1\n,\n2024-01-02,2\n",
             "warn empty_record:3 | 2024-01-01 1 | 2024-01-02 2"},
            {"header of another delimiter", "date;open;close\n2024-01-01,1,2\n2024-01-02,1,2\n",
             "reject header_delimiter:1"},
            {"twins", "date,y,y\n2024-01-01,1,1\n", "warn duplicate_column:1 | 2024-01-01 1"},
            {"unequal twins", "date,y,Y\n2024-01-01,1,2\n", "reject duplicate_column:1"},
            {"empty column", "date,y,z\n2024-01-01,1,\n", "warn empty_column:- | 2024-01-01 1"},
            {"nameless counter", ",date,y\n0,2024-01-01,5\n1,2024-01-02,6\n",
             "accept | 2024-01-01 5 | 2024-01-02 6"},
            {"nameless time", ",y\n2024-01-01,5\n", "accept | 2024-01-01 5"},
            {"header only", "date,y\n", "reject no_records:-"},
            {"no number", "date,n\n2024-01-01,a\n", "reject no_numbers:2"},
            {"no time", "y,z\n1.5,2\n1.5,3\n", "warn no_time_column:- | 0 1.5 2 | 1 1.5 3"},
            {"nothing", "", "reject empty_file:-"},
            {"line ends", "\n\r\n\n", "reject empty_file:-"},
            {"end-of-file mark", "date,y\n2024-01-01,1\n\x1a", "accept | 2024-01-01 1"},
        });
    }
    void structure() { check(); }

    void withoutHeader_data()
    {
        cases({
            {"two columns", "2024-01-01,5\n2024-01-02,6\n", "warn no_header:1 | 2024-01-01 5 | 2024-01-02 6"},
            {"split date and time", "2024.01.02,14:00,5\n2024.01.02,15:00,6\n",
             "warn no_header:1 | 2024-01-02T14:00:00Z 5 | 2024-01-02T15:00:00Z 6"},
            {"no time at all", "0.5,5\n0.25,6\n", "warn no_header:1 no_time_column:- | 0 0.5 5 | 1 0.25 6"},
        });
    }
    void withoutHeader() { check(); }

    void candlesAreKnownByTheirShape()
    {
        const ImportResult result = import("1704153600000,2,4,1,3,50\n1704153660000,3,5,2,4,60\n");
        QCOMPARE(result.columns,
                 (std::vector<std::string>{"time", "open", "high", "low", "close", "volume"}));
        QVERIFY(result.records().isMarket());
        const ImportResult klines = import(
            "1704153600000,2,4,1,3,50,1704153659999,9,1,4,5,0\n1704153660000,3,5,2,4,60,1704153719999,9,1,4,"
            "5,0\n");
        QCOMPARE(klines.columns[6], std::string("close_time"));
        QCOMPARE(klines.records().times[1], *parseTimestamp("2024-01-02T00:01:00Z"));
    }

    void numbers_data()
    {
        cases({
            {"plain forms", column("+1.5", "1E3", ".5"),
             "accept | 2024-01-01 1.5 | 2024-01-02 1000 | 2024-01-03 0.5"},
            {"ends of the range", column("5e-324", "1.7976931348623157e308", "-0"),
             "accept | 2024-01-01 5e-324 | 2024-01-02 1.7976931348623157e+308 | 2024-01-03 -0"},
            {"missing", column("1", "", "NaN"),
             "warn missing_value:3 | 2024-01-01 1 | 2024-01-02 ? | 2024-01-03 ?"},
            {"missing marks", column("n/a", "-", "7"),
             "warn missing_value:2 | 2024-01-01 ? | 2024-01-02 ? | 2024-01-03 7"},
            {"too large", column("1", "1e400", "2"), "reject number_too_large:3"},
            {"too small", column("1", "1e-400", "2"),
             "warn number_too_small:3 | 2024-01-01 1 | 2024-01-02 0 | 2024-01-03 2"},
            {"more digits than a double", column("1", "9007199254740993", "2"),
             "warn rounded_number:3 | 2024-01-01 1 | 2024-01-02 9007199254740992 | 2024-01-03 2"},
            {"thousands", column("\"1,234.5\"", "\"12,345\"", "7"),
             "warn thousands_marks:2 | 2024-01-01 1234.5 | 2024-01-02 12345 | 2024-01-03 7"},
            {"lakhs", column("\"12,34,567.5\"", "1", "2"),
             "warn thousands_marks:2 | 2024-01-01 1234567.5 | 2024-01-02 1 | 2024-01-03 2"},
            {"wrong groups", column("\"1,23,4.5\"", "1", "2"), "reject thousands_marks:2 bad_number:2"},
            {"decimal comma in quotes", column("\"1,5\"", "\"2,25\"", "3"),
             "warn decimal_comma:2 | 2024-01-01 1.5 | 2024-01-02 2.25 | 2024-01-03 3"},
            {"a comma among dots", column("1.5", "\"2,25\"", "3.5"), "reject bad_number:3"},
            {"may be groups", column("\"1,234\"", "\"2,345\"", "\"3,456\""),
             "warn ambiguous_decimal:2 | 2024-01-01 1234 | 2024-01-02 2345 | 2024-01-03 3456"},
            {"may be decimals", "date;y\n2024-01-01;1,234\n2024-01-02;2,345\n",
             "warn ambiguous_decimal:2 | 2024-01-01 1.234 | 2024-01-02 2.345"},
            {"other columns decide", "date;y;z\n2024-01-01;1.500;0,5\n2024-01-02;2.500.000;1,25\n",
             "warn thousands_marks:2 | 2024-01-01 1500 0.5 | 2024-01-02 2500000 1.25"},
            {"dots stay decimal beside commas", "date;y;z\n2024-01-01;0.5;0,5\n",
             "accept | 2024-01-01 0.5 0.5"},
            {"apostrophes", column("1'234.5", "2", "3"),
             "warn thousands_marks:2 | 2024-01-01 1234.5 | 2024-01-02 2 | 2024-01-03 3"},
            {"currency on all", column("$1.5", "-$2", "$3"),
             "warn currency_sign:2 | 2024-01-01 1.5 | 2024-01-02 -2 | 2024-01-03 3"},
            {"percent on all", column("1.5%", "-2%", "-"),
             "warn percent_sign:2 missing_value:4 | 2024-01-01 1.5 | 2024-01-02 -2 | 2024-01-03 ?"},
            {"magnitudes on all", column("1.38M", "610.66K", "2B"),
             "warn magnitudes:2 | 2024-01-01 1380000 | 2024-01-02 610660 | 2024-01-03 2e+09"},
        });
        for (const char* bad : {"abc",
                                "1.5abc",
                                "0x1A",
                                "0x1.8p3",
                                "inf",
                                "-Infinity",
                                "nan(1)",
                                "1e",
                                "--5",
                                "+-5",
                                "1_000",
                                "1.2M",
                                "1.5%",
                                "(1.5)",
                                "$5",
                                "TRUE",
                                "#DIV/0!",
                                "1.2.3",
                                "2023-06-08",
                                "\xe2\x88\x92"
                                "5"})
            QTest::newRow(bad) << column("1", bad, "2") << "reject bad_number:3";
    }
    void numbers() { check(); }

    void times_data()
    {
        cases({
            {"ISO with T and Z", stamps({"2024-01-02T03:04:05Z"}), "accept | 2024-01-02T03:04:05Z 1"},
            {"ISO with a blank and a fraction", stamps({"2024-01-02 03:04:05.25"}),
             "accept | 2024-01-02T03:04:05.25Z 1"},
            {"offsets",
             stamps({"2024-03-01T00:00:00+01:00", "2024-03-01T00:00:00Z", "2024-02-29T20:00:00-0500"}),
             "accept | 2024-02-29T23:00:00Z 1 | 2024-03-01 2 | 2024-03-01T01:00:00Z 3"},
            {"naive among aware", stamps({"2024-03-01T00:00:00", "2024-03-02T00:00:00Z"}),
             "reject mixed_zones:3 mixed_zones:2"},
            {"slashes, year first", stamps({"2024/1/2 3:04"}), "accept | 2024-01-02T03:04:00Z 1"},
            {"day first proved late", stamps({"01/02/2024", "02/02/2024", "13/02/2024"}),
             "warn gaps:- | 2024-02-01 1 | 2024-02-02 2 | 2024-02-13 3"},
            {"month first", stamps({"01/12/2024", "01/13/2024"}), "accept | 2024-01-12 1 | 2024-01-13 2"},
            {"may be either", stamps({"01/02/2024", "02/02/2024"}),
             "warn ambiguous_date:2 | 2024-02-01 1 | 2024-02-02 2"},
            {"either, but one runs", stamps({"10/1/2024", "11/1/2024", "12/1/2024", "1/1/2025"}),
             "warn ambiguous_date:2 | 2024-10-01 1 | 2024-11-01 2 | 2024-12-01 3 | 2025-01-01 4"},
            {"both orders", stamps({"13/01/2024", "01/14/2024"}),
             "reject mixed_date_order:2 mixed_date_order:3"},
            {"dots", stamps({"01.01.2017 22:00:00.000"}), "warn ambiguous_date:2 | 2017-01-01T22:00:00Z 1"},
            {"month names", stamps({"31-Dec-2010", "1 January 2011", "Jan 2, 2011", "2011-Jan-03"}),
             "accept | 2010-12-31 1 | 2011-01-01 2 | 2011-01-02 3 | 2011-01-03 4"},
            {"weekday in front", stamps({"Mon, 01 Jan 2024 10:00:00 GMT"}),
             "accept | 2024-01-01T10:00:00Z 1"},
            {"two-digit years", stamps({"15-Jan-68", "15-Jan-69"}),
             "warn two_digit_year:2 | 1969-01-15 2 | 2068-01-15 1"},
            {"AM and PM", stamps({"2024-01-13 12:30 AM", "2024-01-13 09-AM", "2024-01-13 12:15 PM"}),
             "warn gaps:- | 2024-01-13T00:30:00Z 1 | 2024-01-13T09:00:00Z 2 | 2024-01-13T12:15:00Z 3"},
            {"compact", stamps({"20240102", "20240103"}), "accept | 2024-01-02 1 | 2024-01-03 2"},
            {"compact with time", stamps({"20240102093000", "20240102094500"}),
             "accept | 2024-01-02T09:30:00Z 1 | 2024-01-02T09:45:00Z 2"},
            {"compact, then time", stamps({"20240102 093000250"}), "accept | 2024-01-02T09:30:00.25Z 1"},
            {"months", stamps({"2024-01", "2024-02"}), "accept | 2024-01-01 1 | 2024-02-01 2"},
            {"quarters", stamps({"2024Q1", "2024-Q2"}), "accept | 2024-01-01 1 | 2024-04-01 2"},
            {"years", stamps({"1999", "2000"}), "accept | 1999-01-01 1 | 2000-01-01 2"},
            {"seconds", stamps({"1704153600"}), "accept | 2024-01-02 1"},
            {"seconds with a fraction", stamps({"1704153600.5"}), "accept | 2024-01-02T00:00:00.5Z 1"},
            {"milliseconds", stamps({"1704153600000"}), "accept | 2024-01-02 1"},
            {"microseconds", stamps({"1704153600000001"}), "accept | 2024-01-02T00:00:00.000001Z 1"},
            {"nanoseconds", stamps({"1704153600000000000"}), "accept | 2024-01-02 1"},
            {"units mixed", stamps({"1704153600", "1704240000000"}), "reject bad_time:3"},
            {"days of a spreadsheet", stamps({"45293", "45293.5"}),
             "warn spreadsheet_days:2 | 2024-01-02 1 | 2024-01-02T12:00:00Z 2"},
            {"index", "t,y\n0,5\n1,6\n", "warn row_index:2 | 0 5 | 1 6"},
            {"not in the calendar", stamps({"2024-02-29", "2024-02-30"}), "reject bad_date:3"},
            {"no leap year", stamps({"28/02/2023", "29/02/2023"}), "reject bad_date:3"},
            {"no stamp", stamps({"2024-02-28", "", "2024-03-01"}), "reject missing_time:3"},
            {"time of day only", stamps({"09:30", "09:31"}), "reject no_date:2 no_date:3"},
            {"hour 24", stamps({"2023-06-05T24:00:00"}), "warn hour_24:2 | 2023-06-06 1"},
            {"leap second", stamps({"2016-12-31T23:59:60Z"}), "warn leap_second:2 | 2017-01-01 1"},
            {"years 1 and 9999", stamps({"0001-01-01", "9999-12-31"}),
             "accept | 0001-01-01 1 | 9999-12-31 2"},
            {"date and time apart", "date,time,y\n2024-01-02,09:30,5\n2024-01-02,09:31,6\n",
             "accept | 2024-01-02T09:30:00Z 5 | 2024-01-02T09:31:00Z 6"},
            {"time as a number", "<DATE>,<TIME>,<CLOSE>\n20240102,93000,5\n20240102,220000,6\n",
             "accept | 2024-01-02T09:30:00Z 5 | 2024-01-02T22:00:00Z 6"},
            {"newest first", stamps({"2024-01-02", "2024-01-01"}), "accept | 2024-01-01 2 | 2024-01-02 1"},
            {"unsorted", stamps({"2024-01-01", "2024-01-03", "2024-01-02"}),
             "warn unsorted:4 | 2024-01-01 1 | 2024-01-02 3 | 2024-01-03 2"},
            {"twice", stamps({"2024-01-01", "2024-01-01", "2024-01-02"}),
             "warn duplicate_time:3 | 2024-01-01 2 | 2024-01-02 3"},
            {"gap", stamps({"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-07"}),
             "warn gaps:- | 2024-01-01 1 | 2024-01-02 2 | 2024-01-03 3 | 2024-01-07 4"},
        });
    }
    void times() { check(); }

    void candles_data()
    {
        const QByteArray head = "date,open,high,low,close,volume\n2024-01-01,2,4,1,3,10\n2024-01-02,";
        cases({
            {"good", head + "2,4,1,3,0\n", "accept | 2024-01-01 2 4 1 3 10 | 2024-01-02 2 4 1 3 0"},
            {"high below low", head + "2,1,4,3,1\n",
             "warn high_below_low:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 2 1 4 3 1"},
            {"open outside", head + "5,4,1,3,1\n",
             "warn open_outside:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 5 4 1 3 1"},
            {"close outside", head + "2,4,1,0.5,1\n",
             "warn close_outside:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 2 4 1 0.5 1"},
            {"negative volume", head + "2,4,1,3,-1\n",
             "warn negative_volume:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 2 4 1 3 -1"},
            {"negative price", head + "-2,-1,-4,-3,1\n",
             "warn nonpositive_price:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 -2 -1 -4 -3 1"},
            {"missing high", head + "2,,1,3,1\n",
             "warn missing_value:3 | 2024-01-01 2 4 1 3 10 | 2024-01-02 2 ? 1 3 1"},
            {"no close", "date,open,high,low\n2024-01-01,2,4,1\n", "warn no_close:- | 2024-01-01 2 4 1"},
        });
    }
    void candles() { check(); }

    void encodings_data()
    {
        const QString text = QString::fromUtf8("date,y,n\n2024-01-01,1,\u00e9\u20ac\U0001f680\n");
        cases({
            {"UTF-8", text.toUtf8(), "accept | 2024-01-01 1 \u00e9\u20ac\U0001f680"},
            {"with mark", "\xef\xbb\xbf" + text.toUtf8(), "accept | 2024-01-01 1 \u00e9\u20ac\U0001f680"},
            {"with two marks", "\xef\xbb\xbf\xef\xbb\xbf" + text.toUtf8(),
             "accept | 2024-01-01 1 \u00e9\u20ac\U0001f680"},
            {"UTF-16, little end first", utf16(text, false), "accept | 2024-01-01 1 \u00e9\u20ac\U0001f680"},
            {"UTF-16, big end first", utf16(text, true), "accept | 2024-01-01 1 \u00e9\u20ac\U0001f680"},
            {"UTF-16 without mark", utf16("date,y,n\n2024-01-01,1,abc\n", false).mid(2),
             "warn encoding:1 | 2024-01-01 1 abc"},
            {"Windows-1252", "date,y,n\n2024-01-01,1,\xe9\x80\n",
             "warn encoding:2 | 2024-01-01 1 \u00e9\u20ac"},
            {"UTF-8 and not", "date,y,n\n2024-01-01,1,\xc3\xa9\n2024-01-02,1,\xff\n",
             "reject mixed_encoding:3"},
            {"NUL inside",
             QByteArray("date,y\n2024-01-01,1\x00"
                        "5\n",
                        22),
             "reject nul_byte:2"},
            {"NULs at the end", QByteArray("date,y\n2024-01-01,1\n") + QByteArray(100, '\0'),
             "warn nul_tail:3 | 2024-01-01 1"},
        });
    }
    void encodings() { check(); }

    void otherFilesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("name");
        QTest::newRow("gzip") << QByteArray("\x1f\x8b\x08") << "a gzip archive";
        QTest::newRow("zip") << QByteArray("PK\x03\x04 date,y\n2024-01-01,1\n")
                             << "a zip archive or a spreadsheet";
        QTest::newRow("PNG") << QByteArray("\x89PNG\r\n\x1a\n") << "a PNG picture";
        QTest::newRow("SQLite") << QByteArray("SQLite format 3\0", 16) << "an SQLite database";
        QTest::newRow("Arrow") << QByteArray("ARROW1\0\0", 8) << "an Arrow or Feather file";
        QTest::newRow("HTML") << QByteArray("\n <!DOCTYPE html><html>") << "a web page";
        QTest::newRow("XML") << QByteArray("<?xml version=\"1.0\"?><a/>") << "XML text";
        QTest::newRow("JSON object") << QByteArray("{\"a\": 1}") << "JSON text";
        QTest::newRow("JSON array") << QByteArray("[[1, 2]]") << "JSON text";
        QTest::newRow("noise") << QByteArray("a\x01\x02\x03,b\x04\x05\n") << "binary data";
    }
    void otherFilesAreNamed()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, name);
        const ImportResult result = import(bytes);
        QCOMPARE(result.verdict, ImportVerdict::Reject);
        QCOMPARE(result.messages.at(0).code, std::string("not_a_table"));
        QVERIFY(QString(result.messages[0].text.english().c_str()).startsWith("The file is " + name));
    }

    void limitsAreNamed()
    {
        QCOMPARE(picture(import(QByteArray(10'000, ',') + "\n1\n")), "reject too_many_columns:1");
        QCOMPARE(picture(import("date,y,n\n2024-01-01,1,\"" + QByteArray(1 << 20, 'x') + "x\"\n")),
                 "reject field_too_long:2");
        const ImportResult wide = import("date,y,n\n2024-01-01,1," + QByteArray(1 << 20, 'x') + "\n");
        QCOMPARE(wide.verdict, ImportVerdict::Accept);
        QCOMPARE(wide.texts[0].values[0].size(), size_t(1) << 20);
    }

    void manyErrorsAreCounted()
    {
        QByteArray text = "date,y\n";
        for (int i = 0; i < 1000; ++i)
            text += "2024-01-01T00:00:" + QByteArray::number(i % 60).rightJustified(2, '0') +
                    (i % 3 == 0 ? ",bad\n" : ",1\n");
        const ImportResult result = import(text);
        QCOMPARE(result.messages.size(), size_t(6));
        QCOMPARE(result.messages[5].text.english(),
                 std::string("More of the same in the column \"y\", not listed: 329."));
        QCOMPARE(result.preview.rows.size(), size_t(100));  // a rejected file is shown all the same
    }

    void messagesNamePlaceAndText()
    {
        const ImportMessage m =
            import("date,\"y\"\n2024-01-01,\"1\"\n2024-01-02,\"\n\x1b[2J\xe2\x80\xae\"\n2024-01-03,1\n")
                .messages.at(0);
        QCOMPARE(
            m.text.english(),
            std::string("The text \"\\x0a\\x1b[2J\\xe2\\x80\\xae\" in line 3, column \"y\", is not a number. "
                        "Correct it, or leave the cell empty if the value is missing."));
        QCOMPARE(m.column, std::optional<std::string>("y"));
        QVERIFY(m.isError);
    }

    void linesInsideQuotesCount()
    {
        QCOMPARE(
            picture(import(
                "date,n,y\n2024-01-01,\"a\nb\",1\n2024-01-02,\"c\nd\",x\n2024-01-03,e,2\n2024-01-04,e,2\n")),
            "reject bad_number:5");
    }

    void longFilesBecomeSeveralSeries()
    {
        const ImportResult result =
            import("date,id,y\n2024-01-01,a,1\n2024-01-01,b,2\n2024-01-02,a,3\n2024-01-02,b,4\n");
        QCOMPARE(picture(result),
                 "warn long_file:- | 2024-01-01 1 a | 2024-01-01 2 b | 2024-01-02 3 a | 2024-01-02 4 b");
        QCOMPARE(result.series.size(), size_t(2));
        QCOMPARE(result.series[1].name, std::string("file b"));
        QCOMPARE(result.series[1].columns[0].values, (std::vector<double>{2, 4}));
        QCOMPARE(result.detected.roles.at("id"), std::string("id"));
    }

    void rolesComeFromNames_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QString>("roles");
        QTest::newRow("plain") << QByteArray("date,Open, HIGH ,low,close,vol")
                               << "open high low close volume";
        QTest::newRow("letters") << QByteArray("t,o,h,l,c,v") << "open high low close volume";
        QTest::newRow("brackets") << QByteArray("<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>")
                                  << "open high low close volume";
        QTest::newRow("German") << QByteArray("Datum,Erster,Hoch,Tief,Schlusskurs,Stuecke")
                                << "open high low close volume";
        QTest::newRow("one prefix") << QByteArray("date,A.Open,A.High,A.Low,A.Close,x")
                                    << "open high low close -";
        QTest::newRow("adjusted is another column")
            << QByteArray("date,open,high,low,Adj Close,close") << "open high low - close";
        QTest::newRow("price means close")
            << QByteArray("date,Price,open,high,low,x") << "close open high low -";
        QTest::newRow("two prefixes") << QByteArray("date,A:open,B:open,A:close,B:close,x") << "- - - - -";
    }
    void rolesComeFromNames()
    {
        QFETCH(QByteArray, header);
        const ImportResult result = import(header + "\n2024-01-01,2,2,2,2,2\n");
        QStringList roles;
        for (const Column& c : result.records().columns)
            roles << (c.role.empty() ? "-" : QString::fromStdString(c.role));
        QTEST(roles.join(' '), "roles");
    }

    void optionsOverrule_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const QByteArray& bytes, const char* json,
                            const char* expected) { QTest::newRow(name) << bytes << json << expected; };
        row("month first", stamps({"01/02/2024"}), R"({"date_format":"mdy"})", "accept | 2024-01-02 1");
        row("pattern", stamps({"2024 13h 5.2."}), R"({"date_format":"%Y %Hh %d.%m."})",
            "accept | 2024-02-05T13:00:00Z 1");
        row("pattern with names", stamps({"5 feb 24 1 PM"}), R"({"date_format":"%d %b %y %I %p"})",
            "warn two_digit_year:2 | 2024-02-05T13:00:00Z 1");
        row("pattern that does not fit", stamps({"2024-01-01"}), R"({"date_format":"%d/%m/%Y"})",
            "reject bad_time:2");
        row("epoch unit", stamps({"86400"}), R"({"date_format":"epoch_s"})", "accept | 1970-01-02 1");
        row("offset", stamps({"2024-01-01 12:00"}), R"({"time_zone":"+02:00"})",
            "accept | 2024-01-01T10:00:00Z 1");
        row("exact offsets stay", stamps({"2024-01-01T12:00Z"}), R"({"time_zone":"+02:00"})",
            "accept | 2024-01-01T12:00:00Z 1");
        row("decimal mark", column("\"1,234\"", "\"2,345\"", "1"), R"({"decimal":","})",
            "accept | 2024-01-01 1.234 | 2024-01-02 2.345 | 2024-01-03 1");
        row("delimiter", "date y,z\n2024-01-01 1,5\n",
            R"({"delimiter":" ","decimal":",","roles":{"time":"date"}})", "accept | 2024-01-01 1.5");
        row("first of two", stamps({"2024-01-01", "2024-01-01"}), R"({"on_duplicate":"first"})",
            "warn duplicate_time:3 | 2024-01-01 1");
        row("none of two", stamps({"2024-01-01", "2024-01-01"}), R"({"on_duplicate":"error"})",
            "reject duplicate_time:3");
        row("header line", "a,b\n1,2\ndate,y\n2024-01-01,3\n", R"({"header_line":3})",
            "warn skipped_title:1 | 2024-01-01 3");
        row("no header", "date,y\n2024-01-01,3\n", R"({"header_line":0})",
            "reject no_header:1 no_time_column:- no_numbers:1");
        row("other time", "a,date,y\n2020-01-01,2024-01-01,3\n", R"({"roles":{"time":"a"}})",
            "accept | 2020-01-01 3 2024-01-01");
        row("absent column", "date,y\n2024-01-01,3\n", R"({"roles":{"close":"z"}})",
            "reject unknown_column:-");
    }
    void optionsOverrule()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, json);
        QTEST(picture(import(bytes, importOptionsFromJson(json.toStdString()))), "expected");
    }

    void namedZonesKnowTheirClockChanges()
    {
        ImportOptions options;
        options.timeZone = "Europe/Berlin";
        try {
            QCOMPARE(picture(import(stamps({"2024-03-31 01:30", "2024-03-31 03:30"}), options)),
                     "accept | 2024-03-31T00:30:00Z 1 | 2024-03-31T01:30:00Z 2");
            QCOMPARE(picture(import(stamps({"2024-03-31 02:30"}), options)), "reject skipped_hour:2");
            QCOMPARE(picture(import(stamps({"2024-10-27 02:30"}), options)),
                     "warn repeated_hour:2 | 2024-10-27T00:30:00Z 1");
        } catch (const UsageError& error) {
            QSKIP(error.what());  // no zone files on this computer
        }
    }

    void senselessOptionsAreRefused_data()
    {
        QTest::addColumn<QString>("json");
        for (const char* json :
             {R"({"time_zone":"Mars/Base"})", R"({"date_format":"sometimes"})", R"({"on_duplicate":"both"})",
              R"({"roles":{"opening":"y"}})", "{\"delimiter\":\"\"}", "[1]x"})
            QTest::newRow(json) << json;
    }
    void senselessOptionsAreRefused()
    {
        QFETCH(QString, json);
        QVERIFY_EXCEPTION_THROWN(import(stamps({"2024-01-01"}), importOptionsFromJson(json.toStdString())),
                                 UsageError);
    }

    void whatWasDetectedReadsTheSame()
    {
        const QByteArray text = "Datum;Zeit;Schluss;n\n01.02.2024;10:00;1.234,5;a\n13.02.2024;11:00;2,5;b\n";
        const ImportResult first = import(text);
        const ImportOptions recipe = importOptionsFromJson(toJson(first.detected));
        QCOMPARE(recipe, first.detected);
        QCOMPARE(recipe.dateFormat, std::optional<std::string>("dmy"));
        QCOMPARE(recipe.decimal, std::optional<char>(','));
        QCOMPARE(recipe.roles.at("clock"), std::string("Zeit"));
        QCOMPARE(contentHash(import(text, recipe).records()), contentHash(first.records()));
    }

    void previewShowsTheRawTable()
    {
        const ImportResult result = import("title\ndate,y,n\n2024-01-01,1,\"a\nb\"\n2024-01-02,2,c\n");
        QCOMPARE(result.preview.rows.size(), size_t(4));
        QCOMPARE(result.preview.rows[3].line, 5);
        QCOMPARE(result.preview.rows[2].cells[2], std::string("a\nb"));
        QCOMPARE(result.preview.columns[0].type, ImportColumnType::Time);
        QCOMPARE(result.preview.columns[1].type, ImportColumnType::Number);
        QCOMPARE(result.preview.columns[2].type, ImportColumnType::Text);
    }

    void cancelStopsAndProgressRises()
    {
        QByteArray text = "date,y\n";
        for (int i = 0; i < 20'000; ++i)
            text += QByteArray::number(1'700'000'000 + i) + ",1\n";
        CancelToken cancel;
        double last = 0;
        bool rises = true;
        ImportControl control;
        control.progress = [&](double share) {
            rises = rises && share >= last && share <= 1;
            last = share;
        };
        QCOMPARE(importCsvBytes(text.toStdString(), "x", {}, control).rows(), 20'000);
        QVERIFY(rises);
        QCOMPARE(last, 1.0);
        cancel.cancel();
        control = {&cancel, {}};
        const ImportResult result = importCsvBytes(text.toStdString(), "x", {}, control);
        QVERIFY(result.cancelled);
        QVERIFY(result.series.empty());
    }

    void pathsThatCannotBeReadAreRejected()
    {
        const QTemporaryDir folder;
        QCOMPARE(picture(importCsv(folder.path().toStdString())), "reject cannot_read:-");
        QCOMPARE(picture(importCsv(folder.filePath("none.csv").toStdString())), "reject cannot_read:-");
        writeFile(folder.filePath("a.b.csv").toStdString(), "date,y\n2024-01-01,1\n");
        QCOMPARE(importCsv(folder.filePath("a.b.csv").toStdString()).series[0].name, std::string("a.b"));
    }

    void documentHasTheAgreedFields()
    {
        const std::string json = importDocument(import("date,y,n\n2024-01-01,,a\n2024-01-02,2.5,b\n"), true);
        QString expected =  // apostrophes for quotes
            "{'verdict':'accept_with_warning','rows':2,'columns':['date','y','n'],"
            "'messages':[{'severity':'warning','line':2,'column':'y','code':'missing_value',"
            "'text':'Values are missing in the column \\'y\\' (1 of them), the first in line 2.'}],"
            "'series':[{'name':'file','rows':2,'first':'2024-01-01T00:00:00Z','last':'2024-01-02T00:00:00Z',"
            "'frequency':'1d','time_zone':'UTC','calendar':'24/7'}],"
            "'findings':[{'series':'file','code':'missing_values','severity':'information','column':'y','"
            "count':1,"
            "'lines':[2],'text':'In 1 rows y has no value, first at 2024-01-01.',"
            "'remedies':['keep','forward','linear','nearest','mean','drop']}],"
            "'recipe':{'name':'file','delimiter':',','decimal':'.','header_line':1,'date_format':'ymd','time_"
            "zone':'UTC',"
            "'roles':{'time':'date'},'on_duplicate':'last','encoding':'utf-8'},"
            "'data':{'time':['2024-01-01T00:00:00Z','2024-01-02T00:00:00Z'],'y':[null,2.5],'n':['a','b']}}";
        expected.replace('\'', '"');
        QCOMPARE(QString::fromStdString(json), expected);
    }

    void longDocumentsShowBothEnds()
    {
        QByteArray text = "t,y\n";
        for (int i = 0; i < 5000; ++i)
            text += QByteArray::number(i) + "," + QByteArray::number(i) + "\n";
        const QString json = QString::fromStdString(importDocument(import(text), true));
        QVERIFY(json.contains("999.0,4000.0") && json.endsWith("4999.0]}}"));
    }

    void largeFilesGiveWhatSmallOnesDo_data()
    {
        const auto number = [](auto x) { return std::to_string(x); };
        QTest::addColumn<QByteArray>("text");
        const auto add = [](const char* name, const std::string& text) {
            QTest::newRow(name) << QByteArray::fromStdString(text);
        };
        add("in order", lines("time,close", 50'000,
                              [&](int i) { return number(i * 60 + 1'700'000'000) + ",1." + number(i); }));
        add("newest first",
            lines("time,close", 50'000, [&](int i) { return number(1'700'000'000 - i) + "," + number(i); }));
        add("unsorted with repeats", lines("time,close", 50'000, [&](int i) {
                return number(1'700'000'000 + i * 7919LL % 40'000) + "," + number(i);
            }));
        add("long", lines("time,symbol,close", 60'000, [&](int i) {
                return number(1'700'000'000 + i / 3) + ",S" + number(i % 3) + "," + number(i);
            }));
        add("another format late", lines("date;close", 60'000, [&](int i) {
                return number(1'700'000'000 + i) + (i < 59'000 ? ";12" : ";1.234,5");
            }));
        add("day proved late", lines("date,close", 40'000, [&](int i) {
                return (i < 39'999 ? "0" + number(1 + i / 20'000) + "/02/2024 "
                                   : std::string("13/02/2024 ")) +
                       (i % 20'000 / 60 % 24 < 10 ? "0" : "") + number(i % 20'000 / 60 % 24) + ":" +
                       (i % 60 < 10 ? "0" : "") + number(i % 60) + "," + number(i);
            }));
        add("quotes over lines", lines("time,close,note", 40'000, [&](int i) {
                return number(i + 1'700'000'000) + "," + number(i) + ",\"a\n" + number(i % 5) + "\"";
            }));
        add("footer", lines("time,close", 60'000, [&](int i) {
                return i < 59'999 ? number(i + 1'700'000'000) + "," + number(i) : std::string("Total,1");
            }));
    }

    void largeFilesGiveWhatSmallOnesDo()
    {
        QFETCH(QByteArray, text);
        const ImportResult whole = importCsvBytes(text.toStdString(), "x");
        Drops drops(text.toStdString(), 65'537);
        const StagedImport staged = stageCsv(drops, "x");
        QVERIFY(staged.result().ends.has_value());
        QCOMPARE(staged.result().rows(), whole.rows());
        QCOMPARE(verdictName(staged.result().verdict), verdictName(whole.verdict));
        QCOMPARE(staged.result().messages.size(), whole.messages.size());
        for (std::size_t i = 0; i < whole.messages.size(); ++i)
            QCOMPARE(staged.result().messages[i].text.english(), whole.messages[i].text.english());
        SeriesCollector collector;
        QVERIFY(staged.giveTo(collector));
        const std::vector<Series> series = collector.take();
        QCOMPARE(series.size(), whole.series.size());
        for (std::size_t i = 0; i < series.size(); ++i)
            QCOMPARE(contentHash(series[i]), contentHash(whole.series[i]));
    }

    void numbersBeyondAllStampsAreBadTimes_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* format : {"index", "spreadsheet_days", "epoch_s", "epoch_ms", "year"})
            QTest::newRow(format) << format;
    }
    void numbersBeyondAllStampsAreBadTimes()
    {
        QFETCH(const QString, format);
        ImportOptions options;
        options.dateFormat = format.toStdString();
        options.roles["time"] = "t";
        const ImportResult result = importCsvBytes("t,v\n2000,1\n1234568901234577890,2\n", "x", options);
        QCOMPARE(verdictName(result.verdict), std::string("reject"));
        const auto bad = std::ranges::find(result.messages, "bad_time", &ImportMessage::code);
        QVERIFY(bad != result.messages.end());
        QCOMPARE(bad->line, std::optional<std::int64_t>(3));
    }

    void bytesMayComeInAnyPieces_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("marks and line ends")
            << QByteArray("\xef\xbb\xbftime,a,b\r\n1,\"x\"\"y\",2\r\n2,z,3\r\n3,\"q\nr\",4\r\n");
        QTest::newRow("two bytes a letter") << QByteArray("time,\xc3\xa4,\xe2\x82\xac\n1,2,3\n2,3,4\n");
        QTest::newRow("Windows-1252") << QByteArray("time,a\n1,2\n2,3\n# \xe4,4\n");
        QTest::newRow("UTF-16") << QByteArray(
            "\xff\xfet\0,\0\x61\0\n\0"
            "1\0,\0"
            "2\0\n\0"
            "2\0,\0"
            "5\0\n\0",
            26);
        QTest::newRow("ends in NULs") << QByteArray("time,a\n1,2\n2,3\n\0\0\0", 18);
        QTest::newRow("mark of DOS") << QByteArray("time,a\n1,2\n2,3\n\x1a\n ");
        QTest::newRow("a NUL inside") << QByteArray(
            "time,a\n1,2\n\0"
            "2,3\n",
            16);
        QTest::newRow("a quote left open") << QByteArray("time,a\n1,\"2\n2,3\n");
    }

    void bytesMayComeInAnyPieces()
    {
        QFETCH(QByteArray, bytes);
        const std::string whole = importDocument(importCsvBytes(bytes.toStdString(), "x"), false);
        for (const std::size_t piece : {1, 2, 3, 5, 7}) {
            Drops drops(bytes.toStdString(), piece);
            const Json a = Json::parse(importDocument(stageCsv(drops, "x").result(), false));
            const Json b = Json::parse(whole);
            for (const char* key : {"verdict", "rows", "columns", "messages", "recipe"})
                QCOMPARE(a[key].dump(), b[key].dump());
        }
    }

    void aFileThatChangesWhileItIsReadIsRefused()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("a.csv").toStdString();
        writeFile(path, "date,y\n2024-01-01,1\n");
        const std::unique_ptr<ByteSource> source = openFile(path);
        std::ofstream(path, std::ios::app) << "2024-01-02,2\n";
        const StagedImport staged = stageCsv(*source, "a");
        QCOMPARE(picture(staged.result()), "reject cannot_read:-");
        QVERIFY(staged.result().messages[0].text.english().find("was changed while it was read") !=
                std::string::npos);
    }

    void exportComesBackUnchanged()
    {
        const ImportResult in =
            import("date,close,y\n2024-01-01T10:00:00Z,0.1,\n2024-01-01T11:00:00.5Z,1e-7,-5\n");
        const std::string csv = exportCsv(in.records());
        QCOMPARE(csv,
                 std::string("time,close,y\n2024-01-01T10:00:00Z,0.1,\n2024-01-01T11:00:00.5Z,1e-07,-5\n"));
        QCOMPARE(contentHash(importCsvBytes(csv, "x").records()), contentHash(in.records()));
        QCOMPARE(
            exportCsv(import("date,time\n2024-01-01,5\n", importOptionsFromJson(R"({"roles":{"clock":""}})"))
                          .records()),
            std::string("timestamp,time\n2024-01-01,5\n"));
        QCOMPARE(exportCsv(import("t,y\n0,5\n").records()), std::string("time,y\n0,5\n"));
    }

    void exportGuardsFormulas()
    {
        const std::vector<std::string> texts = {
            "=1+1", "+x", "-x", "@x", "\tx", "\rx", std::string("\0x", 2), "a,\"b\"", "x=1", ""};
        QCOMPARE(exportCsv({{"=name", texts}}),
                 std::string("'=name\n'=1+1\n'+x\n'-x\n'@x\n'\tx\n\"'\rx\"\n'") + '\0' +
                     "x\n\"a,\"\"b\"\"\"\nx=1\n\n");
        QCOMPARE(exportCsv({{"n", std::vector<double>{-5, missing}}}), std::string("n\n-5\n\n"));
    }
};

QTEST_GUILESS_MAIN(TestImport)
#include "tst_import.moc"
