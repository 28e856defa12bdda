from django.db import migrations, models


def first_products(apps, schema_editor):
    apps.get_model("products", "Product").objects.bulk_create(
        apps.get_model("products", "Product")(name=name, cents=cents)
        for name, cents in (("Teapot", 4180), ("Cup", 990), ("Strainer", 550))
    )


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("cents", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(first_products, migrations.RunPython.noop),
    ]
