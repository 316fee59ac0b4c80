// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "ui/jobs/workspace.h"
#include "ui/pipeline/pipeline_document.h"
#include "ui/pipeline/pipeline_jobs.h"

class QWidget;

namespace fc::ui {

/// What a person can ask of recipes as a whole: open, save, delete, share as files, apply to another series.
class RecipeCommands : public QObject {
    Q_OBJECT

public:
    RecipeCommands(Workspace& workspace, PipelineDocument& document, PipelineJobs& jobs, QWidget* window);

    void open();
    /// Under the name it has; asks for one when it has none.
    void save();
    void saveAs();
    void remove();
    void importFile(const QString& folder);
    void exportFile(const QString& folder);
    void applyToSeries();

    /// The same without a question.
    void open(const std::string& name);
    void save(const QString& name);
    void readFile(const QString& path);
    void writeFile(const QString& path);
    void applyTo(const std::string& series);

signals:
    void done(const QString& sentence);
    void failed(const fc::Message& message);
    void folderUsed(const QString& folder);
    /// The recipe fits this series.
    void seriesWanted(const std::string& name);

private:
    void chooseRecipe(const QString& title, std::function<void(const QString&)> answer);
    void take(const ParamValues& recipe, const QString& name, const QString& step);

    Workspace& m_workspace;
    PipelineDocument& m_document;
    PipelineJobs& m_jobs;
    QWidget* m_window;
    Background m_background{QStringLiteral("recipes")};
};

}  // namespace fc::ui
