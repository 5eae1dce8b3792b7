// Hashes of the content of a data set. They are compared between ranks, and with an earlier start
// of a run. They cover the data that a reader returns, so they do not depend on the file's form.
#pragma once

#include <map>
#include <string>

#include "data/graph/graph.hpp"
#include "data/images/images.hpp"

namespace laconic::data {

// Maps a part of the data ("edges") to its size and its hash in hex ("600 nodes, 1f3a...").
using Content = std::map<std::string, std::string>;

std::string to_text(const Content& content);  // one line per part

Content content_of(const Graph& graph);
Content content_of(const Images& images);

}  // namespace laconic::data
