"""`anka register`: what to do when the register of a home is gone for good, or is to be another one."""

from pathlib import Path

import typer

from expectations.texts import Bilingual
from flows.cli.options import HomeFolder, RegisterUrl, home_at

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def new(home: HomeFolder = Path(".anka"), register: RegisterUrl = "") -> None:
    """台账丢失且没有备份时，重新建立空台账 / an empty register where the home's own is gone and there is no copy."""
    from expectations.register.belonging import start_anew

    start_anew(home_at(home), register)
    typer.echo(Bilingual("已建立空台账", "an empty register was made；anka user import, anka audit"))


@app.command()
def adopt(home: HomeFolder = Path(".anka"), register: RegisterUrl = "") -> None:
    """主目录从此使用该处已有的另一个台账 / let the home go on with another register that is there."""
    from expectations.register.belonging import adopt as take

    take(home_at(home), register)
    typer.echo(Bilingual("主目录从此使用这个台账", "the home goes on with this register"))
