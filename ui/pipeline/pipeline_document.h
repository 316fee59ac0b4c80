// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QUndoStack>

#include "engine/runs/recipe_check.h"
#include "ui/pipeline/pipeline.h"

namespace fc::ui {

/// The recipe that is being edited, under its name, with every step undoable. Features are addressed by their
/// place in the list. What is previewed and what was found wrong belongs to it as well, but not to the steps.
class PipelineDocument : public QObject {
    Q_OBJECT

public:
    explicit PipelineDocument(QObject* parent = nullptr);

    const Pipeline& pipeline() const { return m_state.pipeline; }
    int count() const { return static_cast<int>(m_state.pipeline.features.size()); }
    const PipelineFeature& feature(int place) const
    {
        return m_state.pipeline.features.at(static_cast<std::size_t>(place));
    }
    /// -1 when there is none of that key.
    int placeOf(int key) const;
    QUndoStack& undoStack() { return m_undo; }

    /// Empty while the recipe was neither saved nor opened.
    const QString& name() const { return m_state.name; }
    bool isModified() const { return !m_undo.isClean(); }

    void setModel(const ModelEntry& model);
    const Capabilities& capabilities() const { return m_capabilities; }
    const QString& modelName() const { return m_modelName; }

    /// Adds a feature with its defaults at the end and gives its key.
    int add(const std::string& id);
    /// Puts a copy behind it and gives the key of the copy.
    int duplicate(int place);
    void remove(int place);
    /// `to` is its place when it is done.
    void move(int from, int to);
    void setOn(int place, bool on);
    /// Steps that follow each other on the same feature and parameters become one.
    void setFeatureValues(int place, const ParamValues& values);
    void setSettings(FixedKey row, const ParamValues& values);
    /// Another recipe in place of this one, as one step. Throws UsageError when it is none.
    void replace(const ParamValues& recipe, const QString& name, const QString& step);
    /// What is there now is what is stored under `name`.
    void setSaved(const QString& name);

    bool isPreviewed(int key) const { return m_previewed.contains(key); }
    void setPreviewed(int key, bool previewed);

    /// Of the recipe as it was last looked at; std::nullopt while there is no series.
    const std::optional<RecipeFindings>& findings() const { return m_findings; }
    /// `checked` is what was looked at; it may have moved on since.
    void setFindings(std::optional<RecipeFindings> findings, const Pipeline& checked);
    /// What is wrong with a row, in words; empty when nothing is.
    QString problem(int key) const;
    /// Something that is on cannot be used.
    bool hasProblems() const;

signals:
    /// The recipe, its name or the model.
    void changed();
    void previewChanged();
    void findingsChanged();

private:
    struct State {
        Pipeline pipeline;
        QString name;

        bool operator==(const State&) const = default;
    };
    class Step;
    /// `merge` not empty: steps of the same kind in a row become one.
    void take(State state, const QString& text, const QString& merge = {});
    void show(const State& state);

    State m_state;
    QUndoStack m_undo;
    int m_nextKey = 1;
    Capabilities m_capabilities;
    QString m_modelName;
    QSet<int> m_previewed;
    std::optional<RecipeFindings> m_findings;
    Pipeline m_checked;                     ///< what they are about
    QHash<int, QString> m_featureProblems;  ///< by key
};

}  // namespace fc::ui
