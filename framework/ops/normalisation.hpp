// The aggregation operator that a layer applies to a graph. Models choose it, and data/ computes
// its scales (Neighbourhood).
#pragma once

namespace laconic::ops {

// A is the pattern and D its degrees, both inside the batch. The equations are those of Chiang et
// al., KDD'19:
//   row            D^-1 A
//   row_loop       (D+I)^-1 (A+I)                     [eq. 10]
//   plus_identity  row_loop + I                       [eq. 9 on 10]
//   diagonal       row_loop + lambda diag(row_loop)   [eq. 11]
//   symmetric      (D+I)^-1/2 (A+I) (D+I)^-1/2
//   none           A
struct Normalisation {
  enum class Kind { row, row_loop, plus_identity, diagonal, symmetric, none };
  Kind kind = Kind::diagonal;
  double diagonal_lambda = 1;
};

}  // namespace laconic::ops
