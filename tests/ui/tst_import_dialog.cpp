// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QToolButton>

#include "ui/data/column_header.h"
#include "ui/data/date_question.h"
#include "ui/data/import_dialog.h"
#include "ui/data/import_form.h"
#include "ui/data/raw_view.h"
#include "ui/runs/tables.h"
#include "ui/text/text.h"
#include "ui/text/translation.h"
#include "ui/theme/theme.h"

using namespace fc;
using namespace fc::ui;

namespace {

constexpr int waitMs = 30000;

}  // namespace

class TestImportDialog : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { installTranslation(*qApp); }
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_workspace = std::make_unique<Workspace>();
        m_workspace->open(toPath(m_folder->filePath(QStringLiteral("w.forecastle"))),
                          Workspace::Start::Create);
        QTRY_VERIFY_WITH_TIMEOUT(m_workspace->isOpen(), waitMs);
    }

    void aGoodFileIsShownAndStored()
    {
        ImportDialog dialog(
            *m_workspace,
            {write("prices.csv", "date,close\n2024-01-01,1.5\n2024-01-02,2.5\n2024-01-03,3.5\n")});
        QSignalSpy stored(&dialog, &ImportDialog::stored);
        QVERIFY(!dialog.importButton().isEnabled());
        read(dialog);
        QCOMPARE(dialog.result()->rows(), 3);
        QCOMPARE(dialog.findChild<QLineEdit*>(QStringLiteral("seriesName"))->text(),
                 QStringLiteral("prices"));
        QTest::keyClicks(dialog.findChild<QLineEdit*>(QStringLiteral("seriesName")),
                         QStringLiteral("-daily"));
        QTest::mouseClick(&dialog.importButton(), Qt::LeftButton);
        QVERIFY(stored.wait(waitMs));
        m_workspace->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->series().size(), std::size_t{1}, waitMs);
        QCOMPARE(m_workspace->series().front().name, std::string("prices-daily"));
        QCOMPARE(m_workspace->series().front().source, std::string("prices.csv"));
    }

    void aChangeReadsTheFileAnew()
    {
        ImportDialog dialog(*m_workspace,
                            {write("d.csv", "date,close\n03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n")});
        read(dialog);
        auto* format = dialog.findChild<QComboBox*>(QStringLiteral("dateFormat"));
        format->setCurrentIndex(format->findData(QStringLiteral("mdy")));
        QVERIFY(!dialog.importButton().isEnabled());
        read(dialog);
        QCOMPARE(dialog.result()->detected.dateFormat.value_or(""), std::string("mdy"));
        QCOMPARE(formatTimestamp(dialog.result()->records().times.front(), false), std::string("2024-03-04"));
        format->setCurrentIndex(format->findData(QStringLiteral("dmy")));
        read(dialog);
        QCOMPARE(formatTimestamp(dialog.result()->records().times.front(), false), std::string("2024-04-03"));
    }

    void aColumnIsWhatItsBoxSays()
    {
        ImportDialog dialog(
            *m_workspace, {write("r.csv", "date,a,b\n2024-01-01,1,10\n2024-01-02,2,20\n2024-01-03,3,30\n")});
        dialog.show();
        read(dialog);
        choose(dialog, 2, "close");
        read(dialog);
        const Column* column = dialog.result()->records().column("close");
        QVERIFY(column);
        QCOMPARE(column->name, std::string("b"));
        choose(dialog, 1, "ignore");
        read(dialog);
        QVERIFY(!dialog.result()->records().column("a"));
        choose(dialog, 1, "text");
        read(dialog);
        QCOMPARE(dialog.result()->texts.size(), std::size_t{1});
        choose(dialog, 1, "");
        choose(dialog, 2, "number");
        read(dialog);
        QCOMPARE(dialog.result()->records().columns.size(), std::size_t{2});
        QCOMPARE(dialog.result()->records().columns.back().role, std::string());
    }

    void anotherDelimiterCutsTheFileAnew()
    {
        ImportDialog dialog(*m_workspace, {write("s.csv", "date;a,b\n2024-01-01;1,5\n2024-01-02;2,5\n")});
        read(dialog);
        auto* table = dialog.findChild<QTableView*>(QStringLiteral("previewTable"));
        QCOMPARE(table->model()->columnCount(), 2);
        auto* delimiter = dialog.findChild<QComboBox*>(QStringLiteral("delimiter"));
        QVERIFY2(delimiter->itemText(0).contains(QStringLiteral("semicolon")), "what was found is shown");
        delimiter->setCurrentIndex(delimiter->findData(QStringLiteral(",")));
        read(dialog);
        QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("date;a"));
    }

    void bothReadingsOfADateAreOffered()
    {
        ImportDialog dialog(*m_workspace,
                            {write("a.csv", "date,close\n03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n")});
        dialog.show();
        read(dialog);
        auto* question = dialog.findChild<DateQuestion*>();
        QVERIFY(question->isVisible());
        auto* dayFirst = question->findChild<QPushButton*>(QStringLiteral("dayFirst"));
        auto* monthFirst = question->findChild<QPushButton*>(QStringLiteral("monthFirst"));
        QCOMPARE(dayFirst->text(), QStringLiteral("3 April 2024"));
        QCOMPARE(monthFirst->text(), QStringLiteral("4 March 2024"));
        QTest::mouseClick(monthFirst, Qt::LeftButton);
        read(dialog);
        QCOMPARE(formatTimestamp(dialog.result()->records().times.front(), false), std::string("2024-03-04"));
        QVERIFY(!question->isVisible());
    }

    void anOlderReadingNeverArrives()
    {
        ImportDialog dialog(*m_workspace, {write("q.csv", bigCsv(200000))});
        QSignalSpy parsed(&dialog, &ImportDialog::parsed);
        for (const char* format : {"mdy", "dmy", "ymd"})
            dialog.form().setDateFormat(format);
        QVERIFY(parsed.wait(waitMs));
        QTRY_COMPARE_WITH_TIMEOUT(dialog.result()->detected.dateFormat.value_or(""), std::string("ymd"),
                                  waitMs);
        QVERIFY(parsed.count() <= 2);  // the first one at most, and the last one
    }

    void readingCanBeStoppedAndLosesNothing()
    {
        ImportDialog dialog(*m_workspace, {write("l.csv", bigCsv(300000))});
        dialog.show();
        auto* delimiter = dialog.findChild<QComboBox*>(QStringLiteral("delimiter"));
        delimiter->setCurrentIndex(delimiter->findData(QStringLiteral(",")));
        dialog.findChild<QToolButton*>(QStringLiteral("stopReading"))->click();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.isReading(), waitMs);
        QCOMPARE(dialog.form().overrides().delimiter, std::optional<char>(','));
        QTRY_VERIFY_WITH_TIMEOUT(dialog.result(), waitMs);  // the changed setting reads it again
        QTRY_VERIFY_WITH_TIMEOUT(dialog.importButton().isEnabled(), waitMs);
    }

    void anErrorKeepsWhatWasEntered()
    {
        ImportDialog dialog(*m_workspace, {write("k.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n")});
        dialog.show();
        read(dialog);
        auto* name = dialog.findChild<QLineEdit*>(QStringLiteral("seriesName"));
        name->selectAll();
        QTest::keyClicks(name, QStringLiteral("mine"));
        auto* zone = dialog.findChild<QComboBox*>(QStringLiteral("timeZone"));
        zone->setEditText(QStringLiteral("Nowhere/Else"));
        QTRY_VERIFY_WITH_TIMEOUT(verdict(dialog).contains(QStringLiteral("Nowhere/Else")), waitMs);
        QVERIFY(!dialog.importButton().isEnabled());
        zone->setEditText(QStringLiteral("Europe/Berlin"));
        read(dialog);
        QCOMPARE(name->text(), QStringLiteral("mine"));
        QVERIFY(dialog.importButton().isEnabled());
    }

    void severalFilesAreImportedTogether()
    {
        ImportDialog dialog(*m_workspace,
                            {write("one.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n"),
                             write("bad.csv", "name,colour\nanna,red\n"),
                             write("two.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n")});
        dialog.show();
        QTRY_COMPARE_WITH_TIMEOUT(dialog.importButton().text(), QStringLiteral("Import 2 files"), waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(dialog.importButton().isEnabled(), waitMs);
        auto* files = dialog.findChild<QListWidget*>(QStringLiteral("importFiles"));
        QVERIFY(files->isVisible());
        QVERIFY(files->item(0)->text().contains(QStringLiteral("3 rows")));
        QVERIFY(files->item(1)->text().contains(QStringLiteral("cannot be imported")));
        QSignalSpy stored(&dialog, &ImportDialog::stored);
        dialog.importButton().click();
        QVERIFY(stored.wait(waitMs));
        QVERIFY2(dialog.isVisible(), "the bad file stays to be mended");
        QCOMPARE(dialog.shown().source.title, QStringLiteral("bad.csv"));
        m_workspace->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->series().size(), std::size_t{2}, waitMs);
    }

    void theClipboardIsReadAsAFile()
    {
        const auto text =
            std::make_shared<const std::string>("date\tprice\n2024-01-01\t1,5\n2024-01-02\t2,5\n");
        ImportDialog dialog(*m_workspace, std::vector<ImportSource>{{QStringLiteral("clipboard"), {}, text}});
        read(dialog);
        QCOMPARE(dialog.result()->rows(), 2);
        QCOMPARE(dialog.result()->records().columns.front().values.front(), 1.5);
        auto* raw = dialog.findChild<RawView*>();
        QTRY_VERIFY_WITH_TIMEOUT(raw->toPlainText().contains(QStringLiteral("price")), waitMs);
    }

    void aRemedyIsOneClick()
    {
        ImportDialog dialog(*m_workspace, {write("w.csv",
                                                 "date,open,high,low,close\n"
                                                 "2024-01-01,1,3,1,2\n"
                                                 "2024-01-02,2,1,4,3\n"
                                                 "2024-01-03,3,4,2,3\n")});
        read(dialog);
        QCOMPARE(dialog.result()->records().column("high")->values[1], 1.0);
        auto* swap = dialog.findChild<QToolButton*>(QStringLiteral("remedy_high_below_low_swap"));
        QVERIFY2(swap, qPrintable(QString::fromStdString(importDocument(*dialog.result(), false))));
        swap->click();
        read(dialog);
        QCOMPARE(dialog.result()->records().column("high")->values[1], 4.0);
        QVERIFY(dialog.findChild<QToolButton*>(QStringLiteral("remedy_high_below_low_swap"))->isChecked());
    }

    void onlyFilesWithPartsAskForOne()
    {
        ImportDialog dialog(
            *m_workspace,
            {write("parts.json", R"({"a": [{"t": "2024-01-01", "v": 1}, {"t": "2024-01-02", "v": 2}],
                     "b": [{"t": "2024-01-01", "v": 7}, {"t": "2024-01-02", "v": 8}]})"),
             write("plain.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n")});
        dialog.show();
        auto* table = dialog.findChild<QComboBox*>(QStringLiteral("table"));
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), waitMs);
        table->setCurrentIndex(table->findData(QStringLiteral("b")));
        QTRY_VERIFY_WITH_TIMEOUT(dialog.result() && !dialog.result()->series.empty(), waitMs);
        QTRY_COMPARE_WITH_TIMEOUT(dialog.result()->records().columns.front().values.front(), 7.0, waitMs);
        dialog.findChild<QListWidget*>(QStringLiteral("importFiles"))->setCurrentRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(dialog.result() && !table->isVisible(), waitMs);
    }

    void aProblemFarDownIsShownInTheText()
    {
        QByteArray csv = bigCsv(3000);
        csv.replace("2500.5", "abc");
        ImportDialog dialog(*m_workspace, {write("far.csv", csv)});
        dialog.show();
        read(dialog);
        auto* messages = dialog.findChild<TableView*>(QStringLiteral("importMessages"));
        QVERIFY(messages->model()->rowCount() > 0);
        messages->selectRow(0);
        auto* raw = dialog.findChild<RawView*>();
        QTRY_COMPARE_WITH_TIMEOUT(raw->markedLine(), std::int64_t{2502}, waitMs);
        QVERIFY(raw->isVisible());
        QVERIFY(raw->textCursor().block().text().contains(QStringLiteral("abc")));
    }

    void aBadFileIsRefusedInWords_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no numbers") << QByteArray("name,colour\nanna,red\nbert,blue\n");
        QTest::newRow("unclosed quote") << QByteArray("date,close\n2024-01-01,\"1\n2024-01-02,2\n");
        QTest::newRow("json") << QByteArray("{\"a\": [1, 2]");
    }
    void aBadFileIsRefusedInWords()
    {
        QFETCH(QByteArray, bytes);
        ImportDialog dialog(*m_workspace, {write("bad.csv", bytes)});
        read(dialog);
        QCOMPARE(dialog.result()->verdict, ImportVerdict::Reject);
        QVERIFY(!dialog.importButton().isEnabled());
        auto* messages = dialog.findChild<TableView*>(QStringLiteral("importMessages"));
        QVERIFY(messages->model()->rowCount() > 0);
        QVERIFY(!messages->model()->index(0, 3).data().toString().isEmpty());
        dialog.reject();
        m_workspace->refresh();
        QVERIFY(m_workspace->series().empty());
    }

    void aMissingFileIsNamed()
    {
        ImportDialog dialog(*m_workspace, {sourceOf(m_folder->filePath(QStringLiteral("none.csv")))});
        auto* verdict = dialog.findChild<QLabel*>(QStringLiteral("verdict"));
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.isReading(), waitMs);
        QVERIFY(!dialog.importButton().isEnabled());
        QVERIFY(!verdict->text().isEmpty());
    }

    void aProblemLeadsToItsRow()
    {
        ImportDialog dialog(
            *m_workspace,
            {write("p.csv", "date,open,high,low,close\n2024-01-01,1,2,1,2\n2024-01-02,1,1,3,2\n")});
        read(dialog);
        auto* messages = dialog.findChild<TableView*>(QStringLiteral("importMessages"));
        auto* preview = dialog.findChild<QTableView*>(QStringLiteral("previewTable"));
        QVERIFY(messages->model()->rowCount() > 0);
        messages->selectRow(0);
        QCOMPARE(preview->currentIndex().row(), 2);
    }

    void aTakenNameIsToldBeforeStoring()
    {
        const ImportSource file = write("same.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n");
        {
            ImportDialog first(*m_workspace, {file});
            QSignalSpy stored(&first, &ImportDialog::stored);
            read(first);
            first.importButton().click();
            QVERIFY(stored.wait(waitMs));
        }
        m_workspace->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->series().size(), std::size_t{1}, waitMs);
        ImportDialog second(*m_workspace, {file});
        read(second);
        QVERIFY(!second.importButton().isEnabled());
        auto* name = second.findChild<QLineEdit*>(QStringLiteral("seriesName"));
        name->selectAll();
        QTest::keyClicks(name, QStringLiteral("other"));
        QVERIFY(second.importButton().isEnabled());
    }

    void settingsOfAFileComeBackForTheNext()
    {
        const QByteArray header("when,price\n");
        {
            ImportDialog first(*m_workspace,
                               {write("one.csv", header + "03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n")});
            QSignalSpy stored(&first, &ImportDialog::stored);
            read(first);
            auto* format = first.findChild<QComboBox*>(QStringLiteral("dateFormat"));
            format->setCurrentIndex(format->findData(QStringLiteral("mdy")));
            read(first);
            first.importButton().click();
            QVERIFY(stored.wait(waitMs));
        }
        const ImportSource next = write("two.csv", header + "06/04/2024,1\n07/04/2024,2\n08/04/2024,3\n");
        ImportDialog second(*m_workspace, {next});
        second.show();
        QTRY_COMPARE_WITH_TIMEOUT(second.form().overrides().dateFormat.value_or(""), std::string("mdy"),
                                  waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(second.result() && second.result()->detected.dateFormat == "mdy", waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(second.findChild<QWidget*>(QStringLiteral("recipeNote"))->isVisible(),
                                 waitMs);

        QTest::mouseClick(second.findChild<QPushButton*>(QStringLiteral("forgetRecipe")), Qt::LeftButton);
        QCOMPARE(second.form().overrides(), ImportOptions{});
        read(second);
        QVERIFY(second.result()->detected.dateFormat != "mdy");
        ImportDialog third(*m_workspace, {next});
        read(third);
        bool isAnswered = false;  // after the question for its recipe
        m_workspace->askRecipes([&](const auto&) { isAnswered = true; });
        QTRY_VERIFY_WITH_TIMEOUT(isAnswered, waitMs);
        QCOMPARE(third.form().overrides(), ImportOptions{});
    }

private:
    ImportSource write(const char* name, const QByteArray& bytes)
    {
        QFile file(m_folder->filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", name);
        file.close();
        return sourceOf(file.fileName());
    }
    /// One value a minute, N + 0.5 in row N.
    static QByteArray bigCsv(int rows)
    {
        QByteArray csv("date,close\n");
        for (int row = 0; row < rows; ++row)
            csv += QByteArray::fromStdString(formatTimestamp(1'700'000'040'000'000 + row * 60'000'000LL)) +
                   ',' + QByteArray::number(row + 0.5) + '\n';
        return csv;
    }
    static void choose(ImportDialog& dialog, int column, const char* use)
    {
        QComboBox* box = dialog.header().box(column);
        QVERIFY(box);
        box->setCurrentIndex(box->findData(QString::fromLatin1(use)));
        emit box->activated(box->currentIndex());
    }
    static QString verdict(ImportDialog& dialog)
    {
        return dialog.findChild<QLabel*>(QStringLiteral("verdict"))->text();
    }
    static void read(ImportDialog& dialog)
    {
        QSignalSpy parsed(&dialog, &ImportDialog::parsed);
        QVERIFY(parsed.wait(waitMs));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
};

QTEST_MAIN(TestImportDialog)
#include "tst_import_dialog.moc"
