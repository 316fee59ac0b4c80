// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/store/records.h"

#include <array>
#include <utility>

namespace fc {

namespace {

constexpr std::array<std::pair<RunState, const char*>, 7> stateNames{{
    {RunState::Queued, "queued"},
    {RunState::Running, "running"},
    {RunState::Paused, "paused"},
    {RunState::Finished, "finished"},
    {RunState::Stopped, "stopped"},
    {RunState::Failed, "failed"},
    {RunState::Interrupted, "interrupted"},
}};

}  // namespace

std::string stateName(RunState state)
{
    return stateNames[static_cast<std::size_t>(state)].second;
}

std::optional<RunState> stateFromName(const std::string& name)
{
    for (const auto& [state, text] : stateNames)
        if (name == text)
            return state;
    return std::nullopt;
}

bool isActive(RunState state)
{
    return state == RunState::Queued || state == RunState::Running || state == RunState::Paused;
}

}  // namespace fc
