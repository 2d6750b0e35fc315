"""Make a figure, as it is declared."""

from importlib import import_module

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures.material import Material
from phonotopy.figures.saving import save
from phonotopy.figures.style import Conditions

snakemake: Snakemake
params, tables = snakemake.params, dict(snakemake.input.items())
geometry, inventory = tables.pop("geometry", []), tables.pop("inventory", "")

with logs.opened(snakemake.log[0]) as log:
    material = Material(
        tables=tables,
        trainings=params.get("runs", ()),
        geometry=dict(zip(params.conditions, geometry, strict=True)) if geometry else {},
        inventory_path=inventory,
        conditions=Conditions.of(params.get("conditions", ()), params.get("controls", ())),
        settings=params.settings,
    )
    save(import_module(f"phonotopy.figures.{params.module}").figure(material), snakemake.output, params.title)
    log.info("%s", ", ".join(snakemake.output))
