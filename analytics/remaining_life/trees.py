"""Boosted trees as plain arrays: told without scikit-learn's objects, so that no file holds anything that runs.

Histogram gradient boosting after G. Ke et al., LightGBM (NIPS 2017), is fitted by scikit-learn; its nodes are copied
into arrays, which a file can hold and another version can read. `tests` compare both to the last digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.remaining_life.features import Floats

ROWS_TOGETHER = 2_000  # which bounds memory: rows times trees


@dataclass(frozen=True, slots=True)
class Trees:
    """Nodes of all trees one after the other; what a row is told is `base` plus a leaf's value of each tree.

    `roots` (n_trees) are indexes of nodes. A row goes `left` where its feature is at most the threshold, or where it is
    not known and `is_left_unknown`; a leaf is followed by itself. `depth` is how many questions the longest way has.
    """

    base: float
    depth: int
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    is_left_unknown: NDArray[np.bool_]
    value: Floats

    def tell(self, rows: Floats) -> Floats:
        """Give the sum of the leaves (n_rows) that rows (n_rows, n_features) fall into; log odds for a class."""
        parts = [rows[begin : begin + ROWS_TOGETHER] for begin in range(0, len(rows), ROWS_TOGETHER)]
        return np.concatenate([self.tell_part(part) for part in parts]) if parts else np.zeros(0)

    def tell_part(self, rows: Floats) -> Floats:
        """Walk down all trees at once."""
        nodes = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            seen = rows[index, self.feature[nodes]]
            is_left = np.where(np.isnan(seen), self.is_left_unknown[nodes], seen <= self.threshold[nodes])
            nodes = np.where(is_left, self.left[nodes], self.right[nodes])
        return np.asarray(self.base + self.value[nodes].sum(axis=1), dtype=np.float64)


def copy_trees(boosting: Any) -> Trees:  # scikit-learn has no types
    """Copy the trees of a fitted histogram gradient boosting with one outcome and no categories.

    scikit-learn has no public way to its nodes: `_predictors` and `_baseline_prediction` are held by a test.
    """
    tables = [tree.nodes for tree in chain.from_iterable(boosting._predictors)]
    sizes = np.array([len(table) for table in tables])
    roots = np.cumsum(sizes) - sizes
    nodes: Any = np.concatenate(tables)  # a structured array: its fields are known to scikit-learn alone
    shift = np.repeat(roots, sizes)
    itself, is_leaf = np.arange(len(nodes)), nodes["is_leaf"].astype(bool)
    return Trees(
        base=float(np.ravel(boosting._baseline_prediction)[0]),
        depth=int(max(table["depth"].max() for table in tables)),
        roots=roots.astype(np.int32),
        feature=np.where(is_leaf, 0, nodes["feature_idx"]).astype(np.int32),
        threshold=np.where(is_leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=np.where(is_leaf, itself, nodes["left"] + shift).astype(np.int32),
        right=np.where(is_leaf, itself, nodes["right"] + shift).astype(np.int32),
        is_left_unknown=nodes["missing_go_to_left"].astype(bool),
        value=np.where(is_leaf, nodes["value"], 0.0).astype(np.float64),
    )


def arrays_of(trees: Trees) -> Mapping[str, NDArray[Any]]:
    """Give the trees as named arrays, for a file."""
    return {name: np.asarray(getattr(trees, name)) for name in Trees.__slots__}


def trees_of(arrays: Mapping[str, NDArray[Any]]) -> Trees:
    """Make trees of arrays, checked so that no walk can leave them.

    Raises
    ------
    ValueError
        A node points outside the table, or lengths differ.
    """
    trees = Trees(
        base=float(arrays["base"]), depth=int(arrays["depth"]), **{name: arrays[name] for name in Trees.__slots__[2:]}
    )
    n_nodes = len(trees.value)
    columns = (trees.feature, trees.threshold, trees.left, trees.right, trees.is_left_unknown)
    pointers = np.concatenate([trees.roots, trees.left, trees.right])
    if any(column.shape != (n_nodes,) for column in columns) or not 0 <= trees.depth <= n_nodes:
        raise ValueError("the columns of its trees differ in length")
    if pointers.size == 0 or pointers.min() < 0 or pointers.max() >= n_nodes or trees.feature.min() < 0:
        raise ValueError("a node of its trees points to one that is not there")
    return trees
