"""Sweeps: a design in YAML, its points, its runs, and what came out of them.

::

    design.yaml --read_design--> Design --points--> sample.parquet --+
                                                                     +--> plan.parquet
    variants x replicates -------------------------------------------+       |
                                                                             | run_all
    outcomes(folder, indicator) <------------- Store (Parquet) <-------------+
"""
