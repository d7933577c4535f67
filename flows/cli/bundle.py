"""`anka bundle`: the archive from which Anka is installed where there is no network."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from expectations.texts import Bilingual


def bundle(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help=Bilingual("写入的文件，默认当前文件夹", "file to write, else one in the working directory"),
            show_default=False,
        ),
    ] = None,
    fonts: Annotated[
        bool,
        typer.Option(
            "--fonts",
            help=Bilingual("附上本机的中文字体", "with the Chinese fonts of this machine, for workplaces without"),
        ),
    ] = False,
) -> None:
    """Fetches the wheels of the lock and packs them with everything that belongs to them."""
    from flows.bundling.checkout import require_checkout

    require_checkout()
    from flows.bundling.bundle import make_bundle

    Console(stderr=True).print(
        Bilingual("正在下载依赖，约需几分钟", "fetching what is needed; takes minutes"), highlight=False
    )
    made = make_bundle(output, fonts=fonts)
    megabytes = made.file.stat().st_size / 1e6
    typer.echo(f"{made.sha256}  {made.file}")
    typer.echo(
        Bilingual(
            f"{megabytes:.0f} MB，{made.wheels} 个组件；把上面的 SHA-256 另行告知安装的人",
            f"{megabytes:.0f} MB, {made.wheels} distributions; tell the SHA-256 above to whoever installs it",
        )
    )
