// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pipeline/pipeline_document.h"

#include <algorithm>
#include <utility>

#include "ui/text/text.h"

namespace fc::ui {
namespace {

constexpr int mergeable = 1;

QString label(const ListedFeature& feature)
{
    return engineText(featureEntry(feature.spec.id).label);
}

/// Parameters that do not fit each other, which is known at once and without a series.
QString ownProblem(const FeatureSpec& spec)
{
    try {
        spec.make();
    } catch (const Error& error) {
        return sentence(error.message());
    }
    return {};
}

}  // namespace

/// A recipe before and after: small enough to be kept whole, and always right.
class PipelineDocument::Step : public QUndoCommand {
public:
    Step(PipelineDocument& document, State before, State after, const QString& text, QString merge)
        : QUndoCommand(text),
          m_document(document),
          m_before(std::move(before)),
          m_after(std::move(after)),
          m_merge(std::move(merge))
    {
    }

    void undo() override { m_document.show(m_before); }
    void redo() override { m_document.show(m_after); }
    int id() const override { return m_merge.isEmpty() ? -1 : mergeable; }
    bool mergeWith(const QUndoCommand* next) override
    {
        const auto& other = static_cast<const Step&>(*next);
        if (other.m_merge != m_merge)
            return false;
        m_after = other.m_after;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    PipelineDocument& m_document;
    State m_before;
    State m_after;
    QString m_merge;
};

PipelineDocument::PipelineDocument(QObject* parent) : QObject(parent)
{
    m_state.pipeline = pipelineOf({});
    connect(&m_undo, &QUndoStack::cleanChanged, this, &PipelineDocument::changed);
}

int PipelineDocument::placeOf(int key) const
{
    for (int place = 0; place < count(); ++place)
        if (feature(place).key == key)
            return place;
    return -1;
}

void PipelineDocument::setModel(const ModelEntry& model)
{
    m_capabilities = model.capabilities;
    m_modelName = fromUtf8(model.label);
    emit changed();
}

void PipelineDocument::take(State state, const QString& text, const QString& merge)
{
    if (state != m_state)
        m_undo.push(new Step(*this, m_state, std::move(state), text, merge));
}

void PipelineDocument::show(const State& state)
{
    if (state == m_state)
        return;
    m_state = state;
    emit changed();
}

int PipelineDocument::add(const std::string& id)
{
    State next = m_state;
    const ListedFeature added{{id, defaults(featureEntry(id).schema)}};
    next.pipeline.features.push_back({m_nextKey++, added});
    const int key = next.pipeline.features.back().key;
    take(std::move(next), tr("Add %1").arg(label(added)));
    return key;
}

int PipelineDocument::duplicate(int place)
{
    State next = m_state;
    const int key = m_nextKey++;
    next.pipeline.features.insert(next.pipeline.features.begin() + place + 1, {key, feature(place).listed});
    take(std::move(next), tr("Duplicate %1").arg(label(feature(place).listed)));
    return key;
}

void PipelineDocument::remove(int place)
{
    State next = m_state;
    const QString text = tr("Delete %1").arg(label(feature(place).listed));
    next.pipeline.features.erase(next.pipeline.features.begin() + place);
    take(std::move(next), text);
}

void PipelineDocument::move(int from, int to)
{
    to = std::clamp(to, 0, count() - 1);
    State next = m_state;
    auto& all = next.pipeline.features;
    const PipelineFeature moved = feature(from);
    all.erase(all.begin() + from);
    all.insert(all.begin() + to, moved);
    take(std::move(next), tr("Move %1").arg(label(moved.listed)));
}

void PipelineDocument::setOn(int place, bool on)
{
    State next = m_state;
    next.pipeline.features[static_cast<std::size_t>(place)].listed.isOn = on;
    const QString name = label(feature(place).listed);
    take(std::move(next), on ? tr("Switch %1 on").arg(name) : tr("Switch %1 off").arg(name));
}

void PipelineDocument::setFeatureValues(int place, const ParamValues& values)
{
    State next = m_state;
    PipelineFeature& changed = next.pipeline.features[static_cast<std::size_t>(place)];
    QString merge = QString::number(changed.key);
    for (const auto& [id, value] : values)
        if (const auto before = changed.listed.spec.values.find(id);
            before == changed.listed.spec.values.end() || before->second != value)
            merge += u'.' + fromUtf8(id);
    changed.listed.spec.values = values;
    const QString text = tr("Change %1").arg(label(changed.listed));
    take(std::move(next), text, merge);
}

void PipelineDocument::setSettings(FixedKey row, const ParamValues& values)
{
    State next = m_state;
    QString merge = QString::number(row);
    QString names;
    for (const Param& param : schemaOfRow(row)) {
        const auto value = values.find(param.spec.id);
        if (value == values.end() || next.pipeline.settings[param.spec.id] == value->second)
            continue;
        next.pipeline.settings[param.spec.id] = value->second;
        merge += u'.' + fromUtf8(param.spec.id);
        names = engineText(param.spec.label);
    }
    take(std::move(next), tr("Change %1").arg(names), merge);
}

void PipelineDocument::replace(const ParamValues& recipe, const QString& name, const QString& step)
{
    Pipeline pipeline = pipelineOf(recipe, m_nextKey);
    m_nextKey += static_cast<int>(pipeline.features.size());
    // The same recipe is no step, whatever keys its features got.
    if (recipeOf(pipeline) == recipeOf(m_state.pipeline))
        pipeline = m_state.pipeline;
    take({std::move(pipeline), name}, step);
}

void PipelineDocument::setSaved(const QString& name)
{
    take({m_state.pipeline, name}, tr("Name it \"%1\"").arg(name));
    m_undo.setClean();
    emit changed();
}

void PipelineDocument::setPreviewed(int key, bool previewed)
{
    if (previewed == m_previewed.contains(key))
        return;
    if (previewed)
        m_previewed.insert(key);
    else
        m_previewed.remove(key);
    emit previewChanged();
}

void PipelineDocument::setFindings(std::optional<RecipeFindings> findings, const Pipeline& checked)
{
    m_findings = std::move(findings);
    m_checked = checked;
    m_featureProblems.clear();
    for (std::size_t i = 0; m_findings && i < m_findings->features.size(); ++i)
        if (m_findings->features[i])
            m_featureProblems[checked.features[i].key] = sentence(*m_findings->features[i]);
    emit findingsChanged();
}

QString PipelineDocument::problem(int key) const
{
    if (const int place = placeOf(key); place >= 0) {
        const QString own = ownProblem(feature(place).listed.spec);
        return own.isEmpty() ? m_featureProblems.value(key) : own;
    }
    const auto text = [](const std::optional<Message>& message) {
        return message ? sentence(*message) : QString();
    };
    if (!m_findings)
        return {};
    switch (key) {
        case TargetsKey:
            return text(m_findings->targets);
        case SplitKey:
            return text(m_findings->split);
        case WindowKey:
            return text(m_findings->window);
        default:
            return {};
    }
}

bool PipelineDocument::hasProblems() const
{
    // What was found before the last change may be mended by it; the training itself checks again.
    const bool isChecked = m_findings && m_checked == m_state.pipeline;
    if (isChecked && (m_findings->targets || m_findings->split || m_findings->window))
        return true;
    return std::ranges::any_of(m_state.pipeline.features, [&](const PipelineFeature& each) {
        if (!each.listed.isOn || !isUsable(m_capabilities, each.listed.spec))
            return false;
        return isChecked ? !problem(each.key).isEmpty() : !ownProblem(each.listed.spec).isEmpty();
    });
}

}  // namespace fc::ui
