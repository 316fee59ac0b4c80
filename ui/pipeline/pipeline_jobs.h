// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <optional>

#include "engine/features/audit.h"
#include "ui/jobs/background.h"
#include "ui/pipeline/pipeline_document.h"
#include "ui/plots/bars.h"

namespace fc::ui {

/// What is computed for the recipe that is being edited, on threads of their own: what is wrong with it for
/// the chosen series, the lines of its preview, the look-ahead audit. An answer that a later question made
/// obsolete never arrives.
class PipelineJobs : public QObject {
    Q_OBJECT

public:
    explicit PipelineJobs(PipelineDocument& document, QObject* parent = nullptr);

    /// The series that all questions are about; an empty name is none. `hash` tells its contents apart.
    void setSeries(const std::filesystem::path& workspace, const std::string& name, const std::string& hash);
    bool hasSeries() const { return !m_series.name.empty(); }

    /// Looks at the recipe soon; several calls in a row are one question.
    void checkSoon();
    void askPreview();
    void audit();
    bool isAuditing() const { return m_auditing; }
    /// Looks at another series without choosing it.
    void askFit(const std::filesystem::path& workspace, const std::string& series,
                std::function<void(const RecipeFindings&)> answer);

signals:
    /// Empty: nothing is previewed.
    void previewReady(const std::vector<fc::ui::PreviewPane>& panes);
    void auditStarted();
    void audited(const fc::AuditReport& report);
    void auditFailed(const fc::Message& message);
    void failed(const fc::Message& message);

private:
    /// Which series, and the last one that was loaded.
    struct SeriesKey {
        std::filesystem::path workspace;
        std::string name;
        std::string hash;

        bool operator==(const SeriesKey&) const = default;
    };
    struct Loaded {
        SeriesKey key;
        std::shared_ptr<const Series> series;
    };
    /// Runs on the background thread, which alone touches `loaded`.
    static std::shared_ptr<const Series> load(Loaded& loaded, const SeriesKey& key);
    void check();

    PipelineDocument& m_document;
    SeriesKey m_series;
    std::shared_ptr<Loaded> m_loaded = std::make_shared<Loaded>();
    QTimer m_debounce;
    bool m_auditing = false;
    Background m_auditor{QStringLiteral("audit")};
    Background m_background{QStringLiteral("pipeline")};  // last: ends before what its answers use
};

/// The lines of one feature, and whether they belong over the prices: those in the unit of a price that lie
/// where the prices are. Throws Error when a column is missing.
PreviewPane previewOf(const Series& series, const FeatureSpec& spec);

/// "RSI (14)": label and the parameters that differ between two of a kind.
QString shortTitle(const FeatureSpec& spec);

}  // namespace fc::ui
