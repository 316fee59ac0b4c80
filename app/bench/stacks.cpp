// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/stacks.h"

#include <algorithm>
#include <cctype>

#include "engine/autograd/ops_shape.h"

namespace fc::app {

namespace {

std::vector<Peer> makePeers()
{
    const auto whole = [](std::int64_t value) { return ParamValue(value); };
    const auto text = [](const char* value) { return ParamValue(std::string(value)); };
    const auto registered = [](const char* id) {
        const ModelEntry& entry = modelEntry(id);
        return Peer{id, &entry, entry.peerValues};
    };
    const auto variant = [&](const char* name, const char* id, const ParamValues& changes) {
        Peer peer = registered(id);
        peer.name = name;
        for (const auto& [key, value] : changes)
            peer.values[key] = value;
        return peer;
    };
    const ParamValues oneBlock = {{"hidden_layers", whole(1)}};
    return {
        {"mlp", &mlpStack(), {}},
        {"mlp-nf", &mlpStack(), {{"hidden_size", whole(1024)}}},
        registered("dlinear"),
        {"nlinear", &nlinearStack(), {}},
        {"nbeats", &nbeatsStack(), {}},
        {"nbeats-2x512", &nbeatsStack(), oneBlock},
        {"nhits", &nhitsStack(), {}},
        {"nhits-2x512", &nhitsStack(), oneBlock},
        {"rnn", &recurrentStack(), {{"cell", text("rnn")}}},
        {"gru", &recurrentStack(), {{"cell", text("gru")}}},
        {"gru-nf", &recurrentStack(), {{"cell", text("gru")}, {"hidden_size", whole(200)}}},
        registered("lstm"),
        registered("tcn"),
        variant("tcn-nf", "tcn", {{"channels", text("128,128,128,128,128")}, {"kernel_size", whole(2)}}),
        variant("tcn-res", "tcn", {{"block", text("residual")}, {"head", text("last_step")}}),
        {"patchtst", &patchTstStack(), {}},
    };
}

}  // namespace

const std::vector<Peer>& peers()
{
    static const std::vector<Peer> all = makePeers();
    return all;
}

const Peer* findPeer(std::string_view name)
{
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return c == '_' ? '-' : static_cast<char>(std::tolower(c));
    });
    const auto found = std::ranges::find(peers(), lower, &Peer::name);
    return found == peers().end() ? nullptr : &*found;
}

Tensor channelWindows(const Batch& batch)
{
    const std::int64_t rows = batch.past.size(0) * batch.past.size(2);
    return reshape(transpose(batch.past, 1, 2), {rows, batch.past.size(1)});
}

Tensor channelForecasts(const Tensor& y, const Batch& batch)
{
    const Tensor channels = reshape(y, {batch.past.size(0), batch.past.size(2), y.size(1), 1});
    return transpose(channels, 1, 2);
}

}  // namespace fc::app
