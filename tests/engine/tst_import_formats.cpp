// SPDX-License-Identifier: GPL-3.0-or-later
// Tables in other formats than delimited text: what is taken, what is refused, and how the places are named.
#include <QTemporaryDir>
#include <QtTest>
#include <sys/stat.h>
#include <zip.h>
#include <zlib.h>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/io/import_concat.h"
#include "engine/io/import_content.h"
#include "engine/io/sheet_format.h"
#include "engine/runs/import_file.h"
#include "engine/store/database.h"

using namespace fc;

namespace {

constexpr auto threeDays = "date,y\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n";
constexpr auto threeDaysPicture = "accept | 2024-01-01 1 | 2024-01-02 2 | 2024-01-03 3";

/// "warn missing_value:3 | 2024-01-02 1 2 | 2024-01-03 3 x"
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

ImportResult import(const QByteArray& bytes, const char* name = "file", const ImportOptions& options = {})
{
    return importBytes(bytes.toStdString(), name, options);
}

QString firstText(const ImportResult& result)
{
    return result.messages.empty() ? QString()
                                   : QString::fromStdString(result.messages.front().text.english());
}

QByteArray gzip(const QByteArray& bytes)
{
    z_stream stream = {};
    deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(bytes.size()))) + 64,
                   '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(static_cast<qsizetype>(stream.total_out));
    deflateEnd(&stream);
    return out;
}

/// An archive with the given members.
QByteArray zipped(std::initializer_list<std::pair<const char*, QByteArray>> members)
{
    QTemporaryDir folder;
    const QString path = folder.filePath("x.zip");
    zip_t* archive = zip_open(path.toUtf8(), ZIP_CREATE, nullptr);
    for (const auto& [name, bytes] : members)
        zip_file_add(archive, name,
                     zip_source_buffer(archive, bytes.data(), static_cast<zip_uint64_t>(bytes.size()), 0), 0);
    zip_close(archive);
    QFile file(path);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

/// A spreadsheet of two sheets; `rows` are those of the first, and cells of the style 1 hold dates, of 2
/// times.
QByteArray workbook(const QByteArray& rows, const QByteArray& properties = {})
{
    return zipped(
        {{"[Content_Types].xml", "<Types/>"},
         {"xl/workbook.xml", "<workbook>" + properties +
                                 "<sheets><sheet name=\"Prices\" sheetId=\"1\" r:id=\"rId1\"/>"
                                 "<sheet name=\"Notes\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>"},
         {"xl/_rels/workbook.xml.rels",
          "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/>"
          "<Relationship Id=\"rId2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>"},
         {"xl/styles.xml",
          "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[h]:mm&quot;d&quot;\"/></numFmts>"
          "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
          "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"},
         {"xl/sharedStrings.xml",
          "<sst><si><t>date</t></si><si><r><t>cl</t></r><r><t>ose</t></r>"
          "<rPh><t>no</t></rPh></si></sst>"},
         {"xl/worksheets/sheet1.xml", "<x:worksheet><x:sheetData>" + rows + "</x:sheetData></x:worksheet>"},
         {"xl/worksheets/sheet2.xml",
          "<worksheet><sheetData><row><c "
          "t=\"inlineStr\"><is><t>y</t></is></c></row><row><c><v>5</v></c></row>"
          "<row><c><v>7</v></c></row></sheetData></worksheet>"}});
}

constexpr auto sheetHeader =
    "<row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"C3\" t=\"s\"><v>1</v></c></row>";

/// A mono WAV of 16-bit samples.
QByteArray wave(const QList<qint16>& samples, int rate)
{
    const auto number = [](qint64 value, int bytes) {
        QByteArray out;
        for (int i = 0; i < bytes; ++i)
            out += char(value >> (8 * i) & 0xff);
        return out;
    };
    const qint64 size = samples.size() * 2;
    QByteArray out = "RIFF" + number(36 + size, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
                     number(1, 2) + number(rate, 4) + number(rate * 2, 4) + number(2, 2) + number(16, 2) +
                     "data" + number(size, 4);
    for (const qint16 sample : samples)
        out += number(sample, 2);
    return out;
}

void cases(std::initializer_list<std::tuple<const char*, QByteArray, const char*>> rows)
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    for (const auto& [name, bytes, expected] : rows)
        QTest::newRow(name) << bytes << QString::fromUtf8(expected);
}

}  // namespace

class TestImportFormats : public QObject {
    Q_OBJECT

private slots:
    void jsonShapesAreRead_data()
    {
        const char* two = "accept | 2024-01-01 1 | 2024-01-02 2";
        cases({
            {"array of records", "[{\"date\":\"2024-01-01\",\"y\":1},{\"date\":\"2024-01-02\",\"y\":2}]",
             two},
            {"JSON Lines", "{\"date\":\"2024-01-01\",\"y\":1}\n{\"date\":\"2024-01-02\",\"y\":2}\n", two},
            {"JSON Lines of arrays", "[\"2024-01-01\",1]\n[\"2024-01-02\",2]\n",
             "warn no_header:1 | 2024-01-01 1 | 2024-01-02 2"},
            {"object of columns", "{\"date\":[\"2024-01-01\",\"2024-01-02\"],\"y\":[1,2]}", two},
            {"records below a key",
             "{\"symbol\":\"X\",\"data\":[{\"date\":\"2024-01-01\",\"y\":1},"
             "{\"date\":\"2024-01-02\",\"y\":2}]}",
             two},
            {"records below two keys",
             "{\"result\":{\"list\":[{\"date\":\"2024-01-01\",\"y\":1},"
             "{\"date\":\"2024-01-02\",\"y\":2}]}}",
             two},
            {"names beside arrays",
             "{\"columns\":[\"date\",\"y\"],\"data\":[[\"2024-01-01\",1],[\"2024-01-02\",2]]}", two},
            {"candles without names", "[[1704067200000,1,3,0.5,2,10],[1704153600000,2,4,1.5,3,11]]",
             "warn no_header:1 | 2024-01-01 1 3 0.5 2 10 | 2024-01-02 2 4 1.5 3 11"},
            {"one record", "{\"date\":\"2024-01-01\",\"y\":1}", "accept | 2024-01-01 1"},
            {"numbers as text", "[{\"date\":\"2024-01-01\",\"y\":\"1.50\"}]", "accept | 2024-01-01 1.5"},
            {"keys in any order", "[{\"date\":\"2024-01-01\",\"y\":1},{\"y\":2,\"date\":\"2024-01-02\"}]",
             two},
            {"null and a key that is not there",
             "[{\"date\":\"2024-01-01\",\"y\":1},\n{\"date\":\"2024-01-02\",\"y\":null},\n"
             "{\"date\":\"2024-01-03\"}]",
             "warn missing_value:2 | 2024-01-01 1 | 2024-01-02 ? | 2024-01-03 ?"},
            {"a key that comes late", "[{\"date\":\"2024-01-01\"},\n{\"date\":\"2024-01-02\",\"y\":2}]",
             "warn missing_value:1 | 2024-01-01 ? | 2024-01-02 2"},
            {"quotes, line ends and letters of all kinds",
             "[{\"date\":\"2024-01-01\",\"y\":1,\"n\":\"a, \\\"b\\\"\\n\\u00e9\"}]",
             "accept | 2024-01-01 1 a, \"b\"\n\xc3\xa9"},
            {"a byte order mark", "\xef\xbb\xbf[{\"date\":\"2024-01-01\",\"y\":1}]", "accept | 2024-01-01 1"},
        });
    }
    void jsonShapesAreRead()
    {
        QFETCH(QByteArray, bytes);
        QTEST(picture(import(bytes)), "expected");
    }

    void jsonIsRefusedInWords_data()
    {
        cases({
            {"a list where a value belongs", "[{\"date\":\"2024-01-01\",\n\"y\":[1]}]",
             "nested_value:2 In line 2, record 1, a list or an object stands where a value of the column "
             "\"y\" "
             "belongs. Give plain values."},
            {"a key twice", "[{\"y\":1,\n\"y\":2}]",
             "duplicate_key:2 The key \"y\" comes twice in one object, in line 2. Delete one of them."},
            {"a key twice below a key", "{\"data\":[{\"y\":1,\"y\":2}]}",
             "duplicate_key:1 The key \"y\" comes twice in one object, in line 1. Delete one of them."},
            {"a trailing comma", "[{\"y\":1},\n]",
             "bad_json:2 Line 2 is not JSON as RFC 8259 has it, at \"1},<U+000A>]\". Correct it or export "
             "the file "
             "anew."},
            {"the end is missing", "[{\"y\":1},\n{\"y\"",
             "bad_json:2 The JSON text ends too early, in line 2, behind \"\"y\"\". The file may be cut off; "
             "get "
             "it "
             "anew."},
            {"two texts in a line", "[{\"y\":1}] [{\"y\":2}]",
             "bad_json:1 More text stands behind the end of the JSON text, in line 1. Delete it, or give "
             "each "
             "record a line of its own."},
            {"two tables in lines", "[{\"y\":1}]\n[{\"y\":2}]",
             "several_texts:- The file holds 2 JSON texts that are no plain records. Give one of them, or "
             "one "
             "record without lists and objects in each line."},
            {"a text without end", "[{\"y\":\"" + QByteArray(9 << 20, 'x') + "\"}]",
             qPrintable(
                 "field_too_long:1 A field in line 1 is longer than 1 MiB, the most there may be: \"\"" +
                 QString(79, 'x') + "\" ....")},
            {"no double", "[{\"y\":\n1e999}]",
             "number_too_large:2 The number \"1e999\" in line 2 is larger than any double (1.8e308)."},
            {"no table", "{\"a\":{\"b\":1}}",
             "no_table:- The JSON text holds no table. Give an array of records, an array of arrays, or an "
             "object with one array for each column."},
            {"columns of two lengths", "{\"date\":[\"2024-01-01\"],\"y\":[1,2]}",
             "column_lengths:- The column \"y\" has 2 values, but the column \"date\" has 1. Make all "
             "columns "
             "equally long."},
            {"two tables below keys", "{\"a\":[{\"y\":1}],\"b\":[{\"y\":2}]}",
             "choose_table:- The JSON text holds 2 tables: \"a, b\". Choose one of them with the option "
             "table."},
            {"records of two kinds", "[{\"y\":1},\n[2]]",
             "mixed_records:2 Line 2 mixes values, lists and objects in one list. Give records of one kind."},
            {"a NUL behind the text", QByteArray("[{\"y\":1}\0]", 10),
             "bad_json:1 Line 1 is not JSON as RFC 8259 has it, at \"1}<U+0001>\". Correct it or "
             "export the "
             "file anew."},
            {"deep", QByteArray("{\"a\":").repeated(200),
             "too_deep:1 In line 1 lists and objects are nested deeper than 64 levels. Give a flat table."},
        });
    }
    void jsonIsRefusedInWords()
    {
        QFETCH(QByteArray, bytes);
        const ImportResult result = import(bytes);
        QVERIFY(result.verdict == ImportVerdict::Reject);
        QVERIFY(result.series.empty());
        const ImportMessage& m = result.messages.front();
        QTEST(QString("%1:%2 %3")
                  .arg(QString::fromStdString(m.code), m.line ? QString::number(*m.line) : "-",
                       firstText(result)),
              "expected");
    }

    void wordsNameTheRecord()
    {
        const ImportResult oneLine = import(
            "[{\"date\":\"2024-01-01\",\"y\":1},{\"date\":\"2024-01-02\",\"y\":\"x1\"},"
            "{\"date\":\"2024-01-03\",\"y\":3}]");
        QCOMPARE(
            firstText(oneLine),
            QString("The text \"x1\" in record 2, column \"y\", is not a number. Correct it, or leave the "
                    "cell empty if the value is missing."));
        const ImportResult lines = import(
            "[\n{\"date\":\"2024-01-01\",\"y\":1},\n\n{\"date\":\"2024-01-02\",\"y\":"
            "\"x1\"},\n{\"date\":\"2024-01-03\",\"y\":3}]");
        QCOMPARE(picture(lines), QString("reject bad_number:4"));
        QVERIFY(firstText(lines).contains("in line 4,"));
    }

    void aTableIsChosenByKey()
    {
        ImportOptions options;
        options.table = "b";
        QCOMPARE(picture(import("{\"a\":[{\"y\":1}],\"b\":[{\"date\":\"2024-01-01\",\"y\":2}]}", "x.json",
                                options)),
                 QString("accept | 2024-01-01 2"));
    }

    void theNameSpeaksOnlyWhereTheTextDoesNot()
    {
        QCOMPARE(picture(import(threeDays, "x.json")), QString(threeDaysPicture));
        QCOMPARE(picture(import("nul", "x.json")), QString("reject bad_json:1"));
    }

    void packedFilesAreUnpacked_data()
    {
        const QByteArray half = gzip(threeDays);
        QByteArray noise = half;
        noise[half.size() / 2] = static_cast<char>(noise[half.size() / 2] ^ 0x55);
        cases({
            {"gzip", half, threeDaysPicture},
            {"two gzip members", gzip("date,y\n2024-01-01,1\n") + gzip("2024-01-02,2\n2024-01-03,3\n"),
             threeDaysPicture},
            {"gzip in gzip", gzip(half), threeDaysPicture},
            {"gzip of JSON", gzip("[{\"date\":\"2024-01-01\",\"y\":1}]"), "accept | 2024-01-01 1"},
            {"gzip cut off", half.left(half.size() - 9), "reject cannot_read:-"},
            {"gzip damaged", noise, "reject cannot_read:-"},
            {"gzip too deep", gzip(gzip(gzip(gzip(half)))), "reject cannot_read:-"},
            {"a gzip bomb", gzip(QByteArray(80 << 20, '0')), "reject cannot_read:-"},
            {"zip", zipped({{"prices.csv", threeDays}}), threeDaysPicture},
            {"zip with a note",
             zipped({{"README.md", "hello"}, {"a/prices.csv", threeDays}, {"__MACOSX/p", "x"}}),
             threeDaysPicture},
            {"zip of gzip", zipped({{"prices.csv.gz", half}}), threeDaysPicture},
            {"zip with two tables", zipped({{"a.csv", threeDays}, {"b.csv", threeDays}}),
             "reject cannot_read:-"},
            {"empty zip", QByteArray("PK\x05\x06", 4) + QByteArray(18, '\0'), "reject cannot_read:-"},
            {"zip cut off", zipped({{"prices.csv", threeDays}}).left(60), "reject cannot_read:-"},
        });
    }
    void packedFilesAreUnpacked()
    {
        QFETCH(QByteArray, bytes);
        QTEST(picture(import(bytes)), "expected");
    }

    void aMemberIsChosen()
    {
        const QByteArray archive = zipped({{"a.csv", "date,y\n2024-01-01,7\n"}, {"b \"q\".csv", threeDays}});
        QCOMPARE(
            firstText(import(archive)),
            QString("The zip archive has several members (2 of them): \"a.csv\", \"b \"q\".csv\". Choose one "
                    "with the option member."));
        ImportOptions options;
        options.member = "a.csv";
        const ImportResult result = import(archive, "x.zip", options);
        QCOMPARE(picture(result), QString("accept | 2024-01-01 7"));
        QCOMPARE(result.series.front().name, std::string("a"));
        QCOMPARE(result.detected.member, std::optional<std::string>("a.csv"));
        options.member = "c.csv";
        QVERIFY(firstText(import(archive, "x.zip", options)).contains("no member \"c.csv\""));
        QVERIFY_EXCEPTION_THROWN(import(threeDays, "x.csv", options), UsageError);
    }

    void whatIsAskedForMustBeThere()
    {
        const QByteArray book = workbook(sheetHeader);
        ImportOptions options;
        options.member = "a/x.xlsx";
        options.sheet = "Notes";
        const ImportResult result =
            import(zipped({{"a/x.xlsx", book}, {"y.csv", threeDays}}), "x.zip", options);
        QCOMPARE(picture(result), QString("warn no_time_column:- | 0 5 | 1 7"));
        QCOMPARE(result.detected.member, std::optional<std::string>("a/x.xlsx"));
        for (const char* option : {"member", "sheet", "table"}) {
            ImportOptions one;
            (option[0] == 'm' ? one.member : option[0] == 's' ? one.sheet : one.table) = "x";
            QVERIFY_EXCEPTION_THROWN(import(threeDays, "x.csv", one), UsageError);
        }
    }

    void namesLoseTheirEndings()
    {
        QCOMPARE(import(gzip(threeDays), "prices.2024.csv.gz").series.front().name,
                 std::string("prices.2024"));
    }

    void encodingsAreAskedFor()
    {
        ImportOptions options;
        options.encoding = "Latin-1";
        const ImportResult latin = import(
            "date,gr\xf6\xdf"
            "e\n2024-01-01,1\n",
            "x.csv", options);
        QCOMPARE(QString::fromStdString(latin.columns.at(1)), QString::fromUtf8("gr\xc3\xb6\xc3\x9f"
                                                                                "e"));
        QVERIFY(latin.verdict == ImportVerdict::Accept);
        QCOMPARE(latin.detected.encoding, std::optional<std::string>("windows-1252"));
        options.encoding = "utf-8";
        QCOMPARE(
            firstText(import("date,y\n2024-01-01,1\n\xff,2\n", "x.csv", options)),
            QString(
                "Line 3 holds bytes that are not UTF-8: \"\\xff,2\\x0a\". Choose another encoding or correct "
                "the line."));
        options.encoding = "UTF-16BE";
        QByteArray wide;
        for (const char c : QByteArray(threeDays))
            wide += QByteArray(1, '\0') + c;
        QCOMPARE(picture(import(wide, "x.csv", options)), QString(threeDaysPicture));
        options.encoding = "ebcdic";
        QVERIFY_EXCEPTION_THROWN(import(threeDays, "x.csv", options), UsageError);
    }

    /// Characters that lie over the end of a block come out whole.
    void longTextIsTranscodedWhole()
    {
        QString text = "date,y,n\n";
        for (int i = 0; i < 9000; ++i)
            text += QString("%1,1,\u00e9\U0001f680\n").arg(1900 + i % 100).left(20);
        QByteArray wide;
        for (const QChar c : text)
            wide += QByteArray() + char(c.unicode() & 0xff) + char(c.unicode() >> 8);
        for (const auto& [encoding, bytes] :
             {std::pair("utf-16le", wide), std::pair("utf-8", text.toUtf8())}) {
            ImportOptions options;
            options.encoding = encoding;
            options.onDuplicate = "last";
            const ImportResult result = import(bytes, "x.csv", options);
            QCOMPARE(result.rows(), 100);
            QCOMPARE(QString::fromStdString(result.texts.front().values.back()), QString("\u00e9\U0001f680"));
        }
    }

    void spreadsheetsAreRead_data()
    {
        const auto row = [](int number, const char* date, const char* value) {
            return QString("<row r=\"%1\"><c r=\"B%1\" s=\"1\"><v>%2</v></c><c r=\"C%1\">%3</c></row>")
                .arg(number)
                .arg(date, value)
                .toUtf8();
        };
        const QByteArray title = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Prices</t></is></c></row>";
        cases({
            {"dates by their format",
             sheetHeader + row(4, "45292", "<v>1.5</v>") + row(5, "45293.75", "<v>2</v>"),
             "warn several_sheets:- | 2024-01-01 1.5 | 2024-01-02T18:00:00Z 2"},
            {"a title above", title + sheetHeader + row(4, "45292", "<v>1</v>"),
             "warn several_sheets:- skipped_title:1 | 2024-01-01 1"},
            {"a missing cell", sheetHeader + row(4, "45292", "<v>1</v>") + row(7, "45293", ""),
             "warn several_sheets:- missing_value:7 | 2024-01-01 1 | 2024-01-02 ?"},
            {"a formula without result",
             sheetHeader + row(4, "45292", "<v>1</v>") + row(5, "45293", "<f>1+1</f>"),
             "warn several_sheets:- formula_without_result:5 missing_value:5 | 2024-01-01 1 | 2024-01-02 ?"},
            {"an error in a cell",
             sheetHeader + row(4, "45292", "<v>1</v>") +
                 "<row r=\"5\"><c r=\"B5\" s=\"1\"><v>45293</v></c><c r=\"C5\" "
                 "t=\"e\"><v>#REF!</v></c></row>",
             "reject several_sheets:- bad_number:5"},
            {"no XML", "<row", "reject cannot_read:-"},
            {"a row far away", sheetHeader + row(2000000000, "45292", "<v>1</v>"),
             "warn several_sheets:- | 2024-01-01 1"},
        });
    }
    void spreadsheetsAreRead()
    {
        QFETCH(QByteArray, bytes);
        QTEST(picture(import(workbook(bytes), "x.xlsx")), "expected");
    }

    void wordsNameTheRowOfTheSheet()
    {
        const ImportResult result = import(
            workbook(sheetHeader + QByteArray("<row r=\"9\"><c r=\"B9\" s=\"1\"><v>45293</v></c><c r=\"C9\" "
                                              "t=\"str\"><v>x1</v></c></row>")));
        QCOMPARE(
            QString::fromStdString(result.messages.back().text.english()),
            QString("The text \"x1\" in row 9, column \"close\", is not a number. Correct it, or leave the "
                    "cell empty if the value is missing."));
    }

    void aSheetIsChosen()
    {
        ImportOptions options;
        options.sheet = "Notes";
        const ImportResult result = import(workbook(""), "x.xlsx", options);
        QCOMPARE(picture(result), QString("warn no_time_column:- | 0 5 | 1 7"));
        QCOMPARE(result.detected.sheet, std::optional<std::string>("Notes"));
        QCOMPARE(result.detected.headerLine, std::optional<std::int64_t>(1));
        options.sheet = "None";
        QCOMPARE(firstText(import(workbook(""), "x.xlsx", options)),
                 QString("The spreadsheet has no sheet \"None\". Its sheets are: \"Prices\", \"Notes\"."));
    }

    void daysCountFromTheSheetsOwnEpoch()
    {
        QCOMPARE(sheetDate(1, SheetFormat::Date, false), std::string("1900-01-01"));
        QCOMPARE(sheetDate(59, SheetFormat::Date, false), std::string("1900-02-28"));
        QCOMPARE(sheetDate(60, SheetFormat::Date, false), std::string());
        QCOMPARE(sheetDate(61, SheetFormat::Date, false), std::string("1900-03-01"));
        QCOMPARE(sheetDate(0, SheetFormat::Date, true), std::string("1904-01-01"));
        QCOMPARE(sheetDate(0.395833333333333, SheetFormat::Clock, false), std::string("09:30:00"));
        QCOMPARE(sheetDate(-1, SheetFormat::Date, false), std::string());
        QCOMPARE(sheetDate(3e6, SheetFormat::Date, false), std::string());
        QVERIFY(formatOfCode("dd/mm/yyyy\\ hh:mm") == SheetFormat::Date);
        QVERIFY(formatOfCode("[$-409]mmm") == SheetFormat::Date);
        QVERIFY(formatOfCode("[h]:mm") == SheetFormat::Clock);
        QVERIFY(formatOfCode("0.00\" days\"") == SheetFormat::Number);
        QVERIFY(formatOfCode("General") == SheetFormat::Number);
    }

    void soundIsATable()
    {
        const ImportResult result = import(wave({0, 16384, -32768}, 1000), "x.wav");
        QCOMPARE(picture(result), QString("accept | 1970-01-01 0 | 1970-01-01T00:00:00.001Z 0.5 | "
                                          "1970-01-01T00:00:00.002Z -1"));
        QCOMPARE(result.columns, std::vector<std::string>({"time", "amplitude"}));
        QCOMPARE(picture(import(wave({0, 1, 2}, 1000).left(20))), QString("reject cannot_read:-"));
    }

    void databasesAreRead()
    {
        QTemporaryDir folder;
        const auto path = (folder.filePath("it's \"x\".sqlite")).toStdString();
        {
            const Database database(path, Database::Access::Create);
            database.execute(
                "CREATE TABLE \"a \"\"b\"\"; DROP\" (date TEXT, y REAL, n INTEGER, z);"
                "INSERT INTO \"a \"\"b\"\"; DROP\" VALUES ('2024-01-01', 0.1, 9007199254740993, 'x'),"
                "('2024-01-02', NULL, 2, '=1+1')");
        }
        const ImportResult result = importFile(path);
        QCOMPARE(picture(result),
                 QString("warn missing_value:2 rounded_number:1 | 2024-01-01 0.1 9007199254740992 x "
                         "| 2024-01-02 ? 2 =1+1"));
        QVERIFY(firstText(result).contains("the first in record 2"));
        QCOMPARE(result.detected.table, std::optional<std::string>("a \"b\"; DROP"));
        {
            const Database database(path, Database::Access::ReadWrite);
            database.execute("CREATE TABLE other (y)");
        }
        QVERIFY(firstText(importFile(path)).contains("has 2 tables"));
        QCOMPARE(importFile(path).preview.choices.front().names.size(), 2U);
        ImportOptions options;
        options.table = "a \"b\"; DROP";
        QCOMPARE(importFile(path, options).rows(), 2);
        QVERIFY(!QFile::exists(QString::fromStdString(path) + "-journal"));
    }

    void damagedDatabasesAreRefused()
    {
        QTemporaryDir folder;
        const auto path = folder.filePath("x.db").toStdString();
        writeFile(path, std::string("SQLite format 3\0", 16) + std::string(5000, 'x'));
        QVERIFY2(firstText(importFile(path)).contains("cannot be read"),
                 qPrintable(firstText(importFile(path))));
    }

    void whatIsNoFileIsRefused()
    {
        QTemporaryDir folder;
        const auto at = [&](const char* name) { return folder.filePath(name).toStdString(); };
        QCOMPARE(::mkfifo(at("pipe.csv").c_str(), 0600), 0);
        QVERIFY(QFile::link("/dev/zero", folder.filePath("zero.csv")));
        QVERIFY(QFile::link(folder.filePath("loop.csv"), folder.filePath("loop.csv")));
        writeFile(at("empty.csv"), "");
        for (const char* name : {"pipe.csv", "zero.csv", "loop.csv", "missing.csv", "."})
            QCOMPARE(picture(importFile(at(name))), QString("reject cannot_read:-"));
        QCOMPARE(picture(importFile(at("empty.csv"))), QString("reject empty_file:-"));
    }

    void filesAreJoinedByTime_data()
    {
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("expected");
        QTest::newRow("one behind the other") << QByteArray("date,y\n2024-01-04,4\n") << "last"
                                              << threeDaysPicture + QString(" | 2024-01-04 4");
        QTest::newRow("one before the other")
            << QByteArray("y,date\n0,2023-12-31\n") << "last"
            << "accept | 2023-12-31 0 | 2024-01-01 1 | 2024-01-02 2 | 2024-01-03 3";
        QTest::newRow("the last counts")
            << QByteArray("date,y\n2024-01-02,9\n") << "last"
            << "warn duplicate_time:- | 2024-01-01 1 | 2024-01-02 9 | 2024-01-03 3";
        QTest::newRow("the first counts")
            << QByteArray("date,y\n2024-01-02,9\n") << "first"
            << "warn duplicate_time:- | 2024-01-01 1 | 2024-01-02 2 | 2024-01-03 3";
        QTest::newRow("neither counts") << QByteArray("date,y\n2024-01-02,9\n") << "error"
                                        << "reject duplicate_time:-";
        QTest::newRow("other columns") << QByteArray("date,x\n2024-01-04,4\n") << "last"
                                       << "reject different_columns:-";
        QTest::newRow("no times") << QByteArray("x,y\n5,4\n6,5\n") << "last"
                                  << "reject no_time_column:- no_common_time:-";
    }
    void filesAreJoinedByTime()
    {
        QFETCH(QByteArray, second);
        QFETCH(QString, rule);
        ImportOptions options;
        options.onDuplicate = rule.toStdString();
        std::vector<ImportPart> parts;
        parts.push_back({"a.csv", import(threeDays)});
        parts.push_back({"b.csv", import(second)});
        QTEST(picture(concatenated(std::move(parts), options)), "expected");
    }

    void aCancelStopsJson()
    {
        std::string text = "[";
        for (int i = 0; i < 20'000; ++i)
            text += (i == 0 ? "{\"y\":" : ",{\"y\":") + std::to_string(i) + "}";
        CancelToken cancel;
        cancel.cancel();
        const ImportResult result = importBytes(text + "]", "x.json", {}, {&cancel, {}});
        QVERIFY(result.cancelled);
        QVERIFY(result.series.empty());
    }
};

QTEST_GUILESS_MAIN(TestImportFormats)
#include "tst_import_formats.moc"
