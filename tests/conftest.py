"""What every test needs: English unless it asks otherwise, and no deadlines on a shared machine."""

import os

os.environ["RETURNSIM_LANG"] = "en"  # before the command line is imported and reads it

from hypothesis import settings

settings.register_profile("returnsim", deadline=None)
settings.load_profile("returnsim")
