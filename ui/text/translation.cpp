// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/translation.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

namespace fc::ui {

void installTranslation(QCoreApplication& application)
{
    auto* translator = new QTranslator(&application);
    const QString folder = QStringLiteral(":/i18n");
    if (translator->load(QLocale(), QStringLiteral("forecastle"), QStringLiteral("_"), folder) ||
        translator->load(QStringLiteral("forecastle_en"), folder))
        QCoreApplication::installTranslator(translator);
}

}  // namespace fc::ui
