// Makers of the sparse allreduces, one file a method. See comm/list.cpp.
#pragma once

#include <memory>

#include "comm/cost.hpp"
#include "comm/sparse/sparse_allreduce.hpp"

namespace laconic::comm {

using MakeSparse = std::unique_ptr<SparseAllreduce>(const Context&, const SparseOptions&,
                                                    const LinkOptions&, int ranks);

MakeSparse make_oktopk;
MakeSparse make_topka;
MakeSparse make_topkdsa;
MakeSparse make_gtopk;
MakeSparse make_gaussiank;
MakeSparse make_spardl;

}  // namespace laconic::comm
