"""The built-in segment schemes, as data.

The sources of RFM segment names agree on the names and not on the cells: ``rf-10@1`` and
``rfm-11@1`` give the same name in 44 of 125 cells only. A cell that changes its name is
therefore a new version here, never an edit.
"""

from __future__ import annotations

from customerintel.rfm.segment_scheme import SegmentScheme

__all__ = ["BUILT_IN"]

#: The list of 125 codes found in vendors' documents, with 11 names: an exact partition.
_RFM_11 = {
    "Champions": "555 554 544 545 454 455 445",
    "Loyal": "543 444 435 355 354 345 344 335",
    "Potential Loyalist": (
        "553 551 552 541 542 533 532 531 452 451 442 441 "
        "431 453 433 432 423 353 352 351 342 341 333 323"
    ),
    "New": "512 511 422 421 412 411 311",
    "Promising": "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
    "Need Attention": "535 534 443 434 343 334 325 324",
    "About To Sleep": "331 321 312 221 213 231 241 251",
    "At Risk": (
        "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"
    ),
    "Cannot Lose": "155 154 144 214 215 115 114 113",
    "Hibernating": "332 322 233 232 223 222 132 123 122 212 211",
    "Lost": "111 112 121 131 141 151",
}

#: The 5 x 5 grid of recency and frequency, with 10 names; money is ignored.
_RF_10 = {
    "Champions": "5[4-5]",
    "Loyal": "[3-4][4-5]",
    "Potential Loyalist": "[4-5][2-3]",
    "New": "51",
    "Promising": "41",
    "Need Attention": "33",
    "About To Sleep": "3[1-2]",
    "Cannot Lose": "[1-2]5",
    "At Risk": "[1-2][3-4]",
    "Hibernating": "[1-2][1-2]",
}

#: Ranges of recency and of the mean of the other two, mended: as published they overlap in
#: 76 cells, and four of the names can never be assigned.
_FM_11: list[tuple[str, dict[str, object]]] = [
    ("Champions", {"R": (4, 5), "FM": (4, 5)}),
    ("Loyal", {"R": (4, 5), "FM": (3, 3.5)}),
    ("Loyal", {"R": 3, "FM": (3, 5)}),
    ("Potential Loyalist", {"R": (4, 5), "FM": (2, 2.5)}),
    ("New", {"R": 5, "FM": (1, 1.5)}),
    ("Promising", {"R": 4, "FM": (1, 1.5)}),
    ("Need Attention", {"R": 3, "FM": (2, 2.5)}),
    ("About To Sleep", {"R": 3, "FM": (1, 1.5)}),
    ("At Risk", {"R": 2, "FM": (2.5, 5)}),
    ("At Risk", {"R": 1, "FM": (2.5, 3.5)}),
    ("Cannot Lose", {"R": 1, "FM": (4, 5)}),
    ("Hibernating", {"R": 2, "FM": (1, 2)}),
    ("Lost", {"R": 1, "FM": (1, 2)}),
]

#: Every built-in scheme by its name and version.
BUILT_IN = {
    str(scheme): scheme
    for scheme in (
        SegmentScheme.from_mapping("rfm-11", 1, _RFM_11),
        SegmentScheme.from_mapping("rf-10", 1, _RF_10),
        SegmentScheme.from_rules("fm-11", 1, _FM_11),
    )
}
