// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "ui/data/import_dialog.h"
#include "ui/data/import_form.h"
#include "ui/runs/tables.h"
#include "ui/text/text.h"
#include "ui/theme/theme.h"

using namespace fc;
using namespace fc::ui;

namespace {

constexpr int waitMs = 30000;

}  // namespace

class TestImportDialog : public QObject {
    Q_OBJECT

private slots:
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
            write("prices.csv", "date,close\n2024-01-01,1.5\n2024-01-02,2.5\n2024-01-03,3.5\n"));
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
                            write("d.csv", "date,close\n03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n"));
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

    void partsOfAFileAreOffered()
    {
        ImportDialog dialog(*m_workspace, write("two.json",
                                                "{\"a\":[{\"date\":\"2024-01-01\",\"y\":1}],"
                                                "\"b\":[{\"date\":\"2024-01-01\",\"y\":2}]}"));
        read(dialog);
        QCOMPARE(dialog.result()->verdict, ImportVerdict::Reject);
        auto* table = dialog.findChild<QComboBox*>(QStringLiteral("table"));
        QVERIFY(!table->isHidden());
        QVERIFY(dialog.findChild<QComboBox*>(QStringLiteral("sheet"))->isHidden());
        table->setCurrentIndex(table->findData(QStringLiteral("b")));
        read(dialog);
        QCOMPARE(dialog.result()->records().columns.front().values.front(), 2.0);
        QVERIFY(dialog.importButton().isEnabled());
    }

    void aRoleCanBeGivenToAnotherColumn()
    {
        ImportDialog dialog(*m_workspace,
                            write("r.csv", "date,a,b\n2024-01-01,1,10\n2024-01-02,2,20\n2024-01-03,3,30\n"));
        read(dialog);
        auto* close = dialog.findChild<QComboBox*>(QStringLiteral("role_close"));
        QVERIFY2(close->findData(QStringLiteral("b")) > 0, "the columns of the file are offered");
        close->setCurrentIndex(close->findData(QStringLiteral("b")));
        read(dialog);
        const Column* column = dialog.result()->records().column("close");
        QVERIFY(column);
        QCOMPARE(column->name, std::string("b"));
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
        ImportDialog dialog(*m_workspace, write("bad.csv", bytes));
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
        ImportDialog dialog(*m_workspace, m_folder->filePath(QStringLiteral("none.csv")));
        auto* verdict = dialog.findChild<QLabel*>(QStringLiteral("verdict"));
        QTRY_VERIFY_WITH_TIMEOUT(!dialog.isReading(), waitMs);
        QVERIFY(!dialog.importButton().isEnabled());
        QVERIFY(!verdict->text().isEmpty());
    }

    void aProblemLeadsToItsRow()
    {
        ImportDialog dialog(
            *m_workspace,
            write("p.csv", "date,open,high,low,close\n2024-01-01,1,2,1,2\n2024-01-02,1,1,3,2\n"));
        read(dialog);
        auto* messages = dialog.findChild<TableView*>(QStringLiteral("importMessages"));
        auto* preview = dialog.findChild<QTableView*>(QStringLiteral("previewTable"));
        QVERIFY(messages->model()->rowCount() > 0);
        messages->selectRow(0);
        QCOMPARE(preview->currentIndex().row(), 2);
    }

    void aTakenNameIsToldBeforeStoring()
    {
        const QString file = write("same.csv", "date,close\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n");
        {
            ImportDialog first(*m_workspace, file);
            QSignalSpy stored(&first, &ImportDialog::stored);
            read(first);
            first.importButton().click();
            QVERIFY(stored.wait(waitMs));
        }
        m_workspace->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(m_workspace->series().size(), std::size_t{1}, waitMs);
        ImportDialog second(*m_workspace, file);
        read(second);
        QVERIFY(!second.importButton().isEnabled());
        second.findChild<QLineEdit*>(QStringLiteral("seriesName"))->setText(QStringLiteral("other"));
        QVERIFY(second.importButton().isEnabled());
    }

    void settingsOfAFileComeBackForTheNext()
    {
        const QByteArray header("when,price\n");
        {
            ImportDialog first(*m_workspace,
                               write("one.csv", header + "03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n"));
            QSignalSpy stored(&first, &ImportDialog::stored);
            read(first);
            auto* format = first.findChild<QComboBox*>(QStringLiteral("dateFormat"));
            format->setCurrentIndex(format->findData(QStringLiteral("mdy")));
            read(first);
            first.importButton().click();
            QVERIFY(stored.wait(waitMs));
        }
        ImportDialog second(*m_workspace,
                            write("two.csv", header + "06/04/2024,1\n07/04/2024,2\n08/04/2024,3\n"));
        QTRY_COMPARE_WITH_TIMEOUT(second.form().overrides().dateFormat.value_or(""), std::string("mdy"),
                                  waitMs);
        QTRY_VERIFY_WITH_TIMEOUT(second.result() && second.result()->detected.dateFormat == "mdy", waitMs);
    }

private:
    QString write(const char* name, const QByteArray& bytes)
    {
        QFile file(m_folder->filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", name);
        return file.fileName();
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
