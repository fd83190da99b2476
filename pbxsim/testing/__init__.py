"""What tests need: a small PBX in few words (office.py), and what every engine must keep (engine_contract.py).

Public: names in here are as stable as the rest of the interface. Nothing is imported until one of the modules is, and
none of them needs pytest; under pytest, `pytest.register_assert_rewrite("pbxsim.testing")` in a conftest.py has the
referee say more.
"""
