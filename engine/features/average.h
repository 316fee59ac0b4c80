// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/features/window.h"
#include "engine/params/params.h"

namespace fc {

/// An average of the last values whose kind a person chooses.
class Average {
public:
    Average() = default;
    /// kind: wilder (ratio 1 / n, started with the mean of the first n values), exponential (ratio
    /// 2 / (n + 1), started alike), wilder_first, exponential_first (started with the first value), simple.
    Average(const std::string& kind, int n)
        : m_isSimple(kind == "simple"),
          m_mean(m_isSimple ? n : 1),
          m_smooth(kind.ends_with("_first") ? 1 : n, kind.starts_with("wilder") ? 1.0 / n : 2.0 / (n + 1.0))
    {
    }

    double next(double x) { return m_isSimple ? m_mean.next(x) : m_smooth.next(x); }

    /// Rows at the start without a value.
    static int warmUp(const std::string& kind, int n) { return kind.ends_with("_first") ? 0 : n - 1; }

private:
    bool m_isSimple = false;
    WindowMean m_mean;
    Smooth m_smooth;
};

/// The choice of an Average.
inline void averageField(ParamVisitor& v, std::string& kind)
{
    v.field(kind, {.id = "average",
                   .label = TR("engine", "Average"),
                   .help = TR("engine",
                              "How the last rows are averaged. wilder: exponential with ratio 1 / n; "
                              "exponential: ratio 2 / (n + 1); both start with the mean of the first n rows, "
                              "or with the first row (_first). simple: all n rows alike."),
                   .choices = {"wilder", "exponential", "simple", "wilder_first", "exponential_first"}});
}

}  // namespace fc
