// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/feature_catalogue.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pipeline/pipeline.h"
#include "ui/pipeline/pipeline_model.h"
#include "ui/text/text.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

constexpr int idRole = Qt::UserRole;
constexpr int wordsRole = Qt::UserRole + 1;
constexpr QSize popupSize(620, 400);

QLabel* wrapped(QWidget* parent, Role role)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setRole(*label, role);
    return label;
}

QString kindLabel(const std::string& id)
{
    for (const FeatureKind& kind : featureKinds())
        if (kind.id == id)
            return engineText(kind.label);
    return fromUtf8(id);
}

}  // namespace

FeatureCatalogue::FeatureCatalogue(QWidget* parent) : QFrame(parent, Qt::Popup)
{
    setObjectName(QStringLiteral("featureCatalogue"));
    setAccessibleName(tr("Catalogue of features"));
    setRole(*this, Role::Card);
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("catalogueSearch"));
    m_search->setPlaceholderText(
        tr("Search %Ln feature(s)", nullptr, static_cast<int>(featureCatalogue().size())));
    m_search->setAccessibleName(tr("Search the catalogue"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search"), IconColor::Muted), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_tree = new QTreeWidget(this);
    m_tree->setObjectName(QStringLiteral("catalogueTree"));
    m_tree->setAccessibleName(tr("Features by kind"));
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(12);
    m_tree->setUniformRowHeights(true);
    m_title = wrapped(this, Role::Heading);
    m_help = wrapped(this, Role::Muted);
    m_facts = wrapped(this, Role::Muted);
    m_facts->setObjectName(QStringLiteral("catalogueFacts"));
    m_add = new QPushButton(icon(QStringLiteral("new"), IconColor::OnAccent), tr("Add"), this);
    setRole(*m_add, Role::Primary);

    auto* right = new QVBoxLayout;
    right->setSpacing(8);
    for (QLabel* label : {m_title, m_help, m_facts})
        right->addWidget(label);
    right->addStretch(1);
    right->addWidget(m_add, 0, Qt::AlignRight);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(14);
    columns->addWidget(m_tree, 5);
    columns->addLayout(right, 6);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(12, 12, 12, 12);
    all->addWidget(m_search);
    all->addLayout(columns, 1);
    resize(popupSize);

    connect(m_search, &QLineEdit::textChanged, this, &FeatureCatalogue::filter);
    connect(m_search, &QLineEdit::returnPressed, this, &FeatureCatalogue::choose);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &FeatureCatalogue::showCurrent);
    connect(m_tree, &QTreeWidget::itemActivated, this, &FeatureCatalogue::choose);
    connect(m_add, &QPushButton::clicked, this, &FeatureCatalogue::choose);
    fill();
}

void FeatureCatalogue::fill()
{
    for (const FeatureEntry& entry : featureCatalogue()) {
        const QString kind = kindLabel(entry.kind);
        QTreeWidgetItem* group = nullptr;
        for (int i = 0; i < m_tree->topLevelItemCount(); ++i)
            if (m_tree->topLevelItem(i)->text(0) == kind)
                group = m_tree->topLevelItem(i);
        if (!group) {
            group = new QTreeWidgetItem(m_tree, {kind});
            group->setFlags(Qt::ItemIsEnabled);
            QFont font = m_tree->font();
            font.setWeight(QFont::Medium);
            group->setFont(0, font);
        }
        auto* item = new QTreeWidgetItem(group, {engineText(entry.label)});
        item->setData(0, idRole, fromUtf8(entry.id));
        item->setData(0, wordsRole,
                      QStringList{item->text(0), fromUtf8(entry.id), kind, engineText(entry.help),
                                  fromUtf8(entry.formula)}
                          .join(u' '));
    }
    m_tree->expandAll();
}

void FeatureCatalogue::setModel(const Capabilities& capabilities, const QString& name)
{
    m_capabilities = capabilities;
    m_modelName = name;
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* group = m_tree->topLevelItem(i);
        for (int j = 0; j < group->childCount(); ++j) {
            const std::string id = toUtf8(group->child(j)->data(0, idRole).toString());
            group->child(j)->setForeground(
                0, isUsable(m_capabilities, {id, {}}) ? QBrush() : QBrush(currentColors().disabled));
        }
    }
    showCurrent();
}

void FeatureCatalogue::openAt(const QWidget& anchor)
{
    m_search->clear();
    filter({});
    const QRect room = anchor.screen()->availableGeometry();
    QPoint at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4));
    if (at.y() + height() > room.bottom())
        at.setY(std::max(room.top(), anchor.mapToGlobal(QPoint()).y() - height() - 4));
    at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - width())));
    move(at);
    show();
    m_search->setFocus();
}

void FeatureCatalogue::filter(const QString& text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    QTreeWidgetItem* first = nullptr;
    QTreeWidgetItem* best = nullptr;
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* group = m_tree->topLevelItem(i);
        bool any = false;
        for (int j = 0; j < group->childCount(); ++j) {
            QTreeWidgetItem* item = group->child(j);
            const QString all = item->data(0, wordsRole).toString();
            const bool fits = std::ranges::all_of(
                words, [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
            item->setHidden(!fits);
            any = any || fits;
            if (fits && !first)
                first = item;
            // Whoever types a name wants the one that begins with it.
            if (fits && !best && !text.isEmpty() &&
                (item->text(0).startsWith(text, Qt::CaseInsensitive) ||
                 item->data(0, idRole).toString().startsWith(text, Qt::CaseInsensitive)))
                best = item;
        }
        group->setHidden(!any);
    }
    m_tree->setCurrentItem(best ? best : first);
    showCurrent();
}

std::string FeatureCatalogue::currentId() const
{
    const QTreeWidgetItem* item = m_tree->currentItem();
    return item && !item->isHidden() ? toUtf8(item->data(0, idRole).toString()) : std::string();
}

void FeatureCatalogue::showCurrent()
{
    const std::string id = currentId();
    m_add->setEnabled(!id.empty() && isUsable(m_capabilities, {id, {}}));
    if (id.empty()) {
        m_title->setText(tr("Nothing found"));
        m_help->setText(tr("No feature has all of these words."));
        m_facts->clear();
        return;
    }
    const FeatureEntry& entry = featureEntry(id);
    const FeatureSpec spec{id, defaults(entry.schema)};
    m_title->setText(engineText(entry.label));
    m_help->setText(m_add->isEnabled()
                        ? engineText(entry.help)
                        : tr("%1 cannot take it.").arg(m_modelName) + u' ' + engineText(entry.help));
    const int warmUp = spec.make()->warmUp();
    m_facts->setText(QStringList{
        tr("Formula: %1").arg(fromUtf8(entry.formula)), tr("Source: %1").arg(fromUtf8(entry.source)),
        tr("Unit: %1").arg(fromUtf8(entry.unit)),
        warmUp == 0 ? tr("No warm-up") : tr("Warm-up: %Ln row(s)", nullptr, warmUp),
        tr("Known: %1").arg(knowledgeText(entry.knowledge)), tr("In files: %1").arg(fromUtf8(spec.text()))}
                         .join(QStringLiteral("\n")));
}

void FeatureCatalogue::choose()
{
    const std::string id = currentId();
    if (id.empty() || !m_add->isEnabled())
        return;
    hide();
    emit chosen(id);
}

bool FeatureCatalogue::eventFilter(QObject* watched, QEvent* event)
{
    // Arrows move in the list while the search keeps the focus.
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up || key == Qt::Key_PageDown || key == Qt::Key_PageUp) {
            QCoreApplication::sendEvent(m_tree, event);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace fc::ui
