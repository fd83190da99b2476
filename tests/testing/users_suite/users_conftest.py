from urllib.parse import urlencode
from urllib.request import urlopen

import pytest


@pytest.fixture
def crm(pbx):
    def call(number, extension="100", **more):
        query = {"action": "originate", "srcExtenInternalNum": extension, "dstNum": number, **more}
        query.update({name: pbx.vendors["voipsun"]["users"][0][name] for name in ("username", "password")})
        return urlopen(f"{pbx.url}/api/api.php?{urlencode(query)}").read()

    return call
